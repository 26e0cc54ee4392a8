import type { Keeping } from '@recourse/edge';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The notary knows which key opens the bytes he keeps, so that he can forget them with it. */
export class HeardKeys1764000000000 implements MigrationInterface {
  readonly name = 'HeardKeys1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table heard_sealed add column key text collate "C";
      update heard_sealed s set key = named.key
        from (select (ref->>'id')::uuid as id, ref->>'key' as key from heard_record r, json_array_elements(r.record::json->'sealed') ref) named
        where named.id = s.id;
      create index heard_sealed_of_key on heard_sealed (key) where key is not null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('What was heard is kept.');
  }
}

/** His copies of the sealed bytes go with their key. The records stay, each with the hash that it always had. */
export const heardBytes: Keeping = {
  name: 'copies',
  opened: false,
  forget: async (transaction, { key, tenant }) =>
    (await transaction.query('delete from heard_sealed where key = $1 and tenant = $2', [key, tenant])).rowCount ?? 0,
};
