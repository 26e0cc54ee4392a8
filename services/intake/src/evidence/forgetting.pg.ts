import type { Keeping } from '@recourse/edge';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { EvidenceVault } from './vault.js';

/** Which records speak of files that a key opens: found without reading the log, and written for the records of evidence alone. */
export class EvidenceOfKeys1764000000000 implements MigrationInterface {
  readonly name = 'EvidenceOfKeys1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index evidence_of_key on log.event ((record->'data'->'content'->>'key')) where type = 'EvidenceReceived'`);
  }

  async down(): Promise<void> {
    throw new Error('An index does no harm: there is no way back.');
  }
}

/** The files of a destroyed key go; the hash of each stays in its record. Counted by records, so that a second try after a crash counts the same. */
export const evidenceFiles = (vaultOf: () => Promise<Pick<EvidenceVault, 'forget'>>): Keeping => ({
  name: 'files',
  opened: false,
  forget: async (transaction, { key, tenant }) => {
    const { rows } = await transaction.query<{ id: string; h: string }>(
      `select record->'data'->>'evidence' as id, record->'data'->>'h' as h from log.event where type = 'EvidenceReceived' and record->'data'->'content'->>'key' = $1 and tenant = $2`,
      [key, tenant],
    );
    const vault = await vaultOf();
    for (const { id, h } of rows) await vault.forget({ tenant, id, h });
    return rows.length;
  },
});
