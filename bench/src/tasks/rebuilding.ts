import { PostgresEventStore, Views, type Histories, type Recorded, type View } from '@recourse/event-store';
import { Column, Entity, PrimaryColumn, type QueryRunner } from 'typeorm';
import { secureView } from '@recourse/event-store';
import type { Task } from '../tasks.js';
import { nothing, sum, type Summed, type Sums } from './replaying.js';

export type RebuildingOptions = {
  readonly logUrl: string;
  readonly webUrl: string;
  readonly events: number;
  /** Whether the fold asks for the history of each record, or changes the row it finds. */
  readonly by: 'change' | 'history';
  /** Built anew beside the one that is there: folded in memory, loaded, then indexed. */
  readonly bulk?: boolean;
};
export type Rebuilt = { readonly perSecond: number };

@Entity('contact_sums')
class ContactSumsRow {
  @PrimaryColumn('text') stream!: string;
  @Column('text') tenant!: string;
  @Column('int') events!: number;
  @Column('bigint') minor!: string;
}

/** TypeORM wants thirteen digits at the end of a migration's name. */
export class ContactSums1795392000000 {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table contact_sums (stream text collate "C" primary key, tenant text not null, events int not null, minor bigint not null)`,
    );
    await runner.query(secureView('contact_sums'));
  }
  async down(): Promise<void> {}
}

const histories: Histories = { case: (sums: Sums = nothing, { data }: Recorded) => sum(sums, data as unknown as Summed) };
const named = { name: 'contact-sums', version: 1, entities: [ContactSumsRow] } as const;
const views: Readonly<Record<RebuildingOptions['by'], View>> = {
  history: {
    ...named,
    apply: async (rows, { type, stream, tenant }, history) => {
      if (type !== 'ContactRecorded') return;
      const { events, minor } = await history<Sums>();
      rows.put(ContactSumsRow, { stream, tenant, events, minor: `${minor}` });
    },
  },
  change: {
    ...named,
    apply: (rows, { type, stream, tenant, data }) => {
      if (type !== 'ContactRecorded') return;
      const { minor } = (data as unknown as Summed).amount;
      const one = { stream, tenant, events: 1, minor: `${minor}` };
      rows.change(ContactSumsRow, { stream }, (row) => ({ events: row.events + 1, minor: `${Number(row.minor) + minor}` }), one);
    },
  },
};

/**
 * A view that is new meets a log that is not: everything is folded, batch after batch, each with its cursor in one transaction. In bulk: another
 * generation of a view that is there, from nothing to the end of the log, with its indexes; only that is timed.
 */
export const rebuilding: Task<RebuildingOptions, Rebuilt> = async ({ logUrl, webUrl, events, by, bulk = false }) => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  return async () => {
    let begun = performance.now();
    let failed: unknown;
    const opened = await Views.open({ store, logUrl, webUrl, views: [views[by]], histories, failed: (_, error) => (failed ??= error) });
    const there = await opened.caughtUp(undefined, 600_000);
    let table = 'contact_sums';
    if (bulk) {
      begun = performance.now();
      table = `view_contact_sums_${await opened.build(named.name)}.contact_sums`;
    }
    const passed = (performance.now() - begun) / 1_000;
    const { folded } = await opened.readAll(async (manager) => {
      const [row] = await manager.query<{ folded: string }[]>(`select sum(events) as folded from ${table}`);
      return row!;
    });
    await opened.close();
    await store.close();
    if (!there || Number(folded) !== events) throw new Error(`Of ${events} events ${folded} were folded.`, { cause: failed });
    return { perSecond: events / passed };
  };
};
