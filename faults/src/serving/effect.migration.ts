type Runner = { query(sql: string): Promise<unknown> };

/** What a follower has done, in the order of doing it. Nothing here refuses a double: that is what is being looked for. */
export class EffectTable1790000000000 {
  readonly name = 'EffectTable1790000000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create schema faults;
      create table faults.effect (
        number bigint generated always as identity primary key,
        follower text not null,
        version integer not null,
        position bigint not null,
        stream text not null,
        stream_version integer not null
      );
      create index effect_position on faults.effect (position);
      do $$
      declare
        teller name := regexp_replace(current_user, '_owner$', '_log');
      begin
        execute format('grant usage on schema faults to %I', teller);
        execute format('grant select, insert, delete on faults.effect to %I', teller);
      end $$`);
  }

  async down(): Promise<void> {
    throw new Error('A run is thrown away whole.');
  }
}
