import { followTypes, secureView } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { indexedTypes } from './indexing.js';

/**
 * What sealed text is found by. Not views: a view is folded from the log and from nothing else, and this is made of what the log does not hold. A rebuild of
 * views leaves it as it is.
 */
export class SearchTables1763700000000 implements MigrationInterface {
  name = 'SearchTables1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- epoch: that of the keys its tokens were last made with; 0 waits to be read for the first time, or again.
      create table search_entry (
        id uuid primary key,
        tenant text collate "C" not null,
        "case" uuid not null,
        "group" text collate "C" not null,
        key uuid not null,
        h text collate "C" not null,
        epoch integer not null default 0,
        taken_until timestamptz
      );
      comment on table search_entry is 'Sealed groups that can be found, as the log names them, and the data key each was sealed under.';
      create index search_entry_waiting on search_entry (tenant, epoch, id);
      create index search_entry_of_key on search_entry (key);
      create index search_entry_of_case on search_entry (tenant, "case");

      create table search_token (
        tenant text collate "C" not null,
        field text collate "C" not null,
        epoch integer not null,
        token integer not null,
        entry uuid not null references search_entry (id),
        "case" uuid not null,
        key uuid not null,
        primary key (tenant, field, epoch, token, entry)
      );
      comment on table search_token is 'The first bits of keyed hashes: 16 of whole values, 20 of words. Deleted with the data key whose text they were made from.';
      create index search_token_of_entry on search_token (entry, epoch);
      create index search_token_of_key on search_token (key);

      create table search_epoch (tenant text collate "C" primary key, wanted integer not null check (wanted > 0));
      comment on table search_epoch is 'The epoch an operator asked for: the service begins it, and makes every token anew.';

      create table search_asked (
        tenant text collate "C" not null,
        actor text collate "C" not null,
        hour timestamptz not null,
        asked integer not null,
        primary key (tenant, actor, hour)
      );
      comment on table search_asked is 'How often somebody searched within an hour; never for what.';
    `);
    for (const table of ['search_entry', 'search_token', 'search_epoch', 'search_asked']) await runner.query(secureView(table));
    // Whose key it was does not matter any more, and nobody but the service itself may read it.
    await runner.query(`
      create table search_forgotten (key uuid primary key, at timestamptz not null default clock_timestamp());
      comment on table search_forgotten is 'Data keys whose text may not be found: whoever indexes late finds them here.';
      do $$ begin
        execute format('grant select, insert, delete on search_forgotten to %I', regexp_replace(current_user, '_owner$', '_log'));
      end $$;
    `);
    await runner.query(followTypes('search', indexedTypes));
  }

  async down(): Promise<void> {
    throw new Error('What can be found is forgotten key by key, not as a whole.');
  }
}
