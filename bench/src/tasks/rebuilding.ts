import { PostgresEventStore, secureView, Views, type Histories, type Recorded, type View } from '@recourse/event-store';
import { Column, Entity, PrimaryColumn, type QueryRunner } from 'typeorm';
import type { Task } from '../tasks.js';
import { nothing, sum, type Summed, type Sums } from './replaying.js';

export type RebuildingOptions = {
  readonly logUrl: string;
  readonly webUrl: string;
  readonly events: number;
  /** Whether the fold asks for the history of each record, or changes the row it finds. */
  readonly by: 'change' | 'history';
  /** Everything in memory first, then tables and indexes; or batch by batch from the start. */
  readonly bulk: boolean;
};
export type Rebuilt = { readonly perSecond: number };
export type RebuiltBeside = Rebuilt & { readonly comparing: number };

const patience = 600_000;
const viewName = 'contact-sums';

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
const named = { name: viewName, version: 1, entities: [ContactSumsRow] } as const;
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

/** Lets the view that is read catch up with its log, once, so that a rebuild has something to stand beside. */
export const catchUp = async ({ logUrl, webUrl }: Pick<RebuildingOptions, 'logUrl' | 'webUrl'>): Promise<void> => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  const opened = await Views.open({ store, logUrl, webUrl, views: [views.change], histories });
  const there = await opened.caughtUp(undefined, patience);
  await opened.close();
  await store.close();
  if (!there) throw new Error('The view has not caught up with its log.');
};

/** Builds a view anew beside the one that is read, from the log's beginning to its end; then the two are compared, and must be equal. */
export const rebuilding: Task<RebuildingOptions, RebuiltBeside> = async ({ logUrl, webUrl, events, by, bulk }) => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  const opened = await Views.open({ store, logUrl, webUrl, views: [views[by]], histories });
  await opened.caughtUp(undefined, patience);
  return async () => {
    const begun = performance.now();
    const generation = await opened.build(viewName, { bulk, ms: patience });
    const built = performance.now();
    const { equal } = await opened.catalogue.compare(viewName, generation);
    const compared = performance.now();
    await opened.close();
    await store.close();
    if (!equal) throw new Error('The view that was rebuilt is another one.');
    return { perSecond: (events * 1_000) / (built - begun), comparing: (compared - built) / 1_000 };
  };
};
