import 'reflect-metadata';
import { Column, Entity, PrimaryColumn, type EntityManager, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { AppendOutcome } from './append.js';
import type { Pace } from './following.js';
import type { Histories } from './folding.js';
import { secureView } from './migrating.js';
import type { PostgresEventStore } from './postgres-event-store.js';
import type { NewEvent, Recorded } from './record.js';
import { requestOf } from './testing.js';
import type { View } from './viewing.js';

/** Two small views with everything that real ones have, for the tests of views and the processes they kill. */
@Entity('caseload')
export class CaseloadRow {
  @PrimaryColumn('text') stream!: string;
  @Column('text') tenant!: string;
  @Column('int') notes!: number;
  @Column('text') words!: string;
  @Column('bigint') changedAt!: string;
}

@Entity('tally')
export class TallyRow {
  @PrimaryColumn('text') tenant!: string;
  @Column('int') events!: number;
}

export class Tables1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(
      `create table caseload (stream text collate "C" primary key, tenant text not null, notes int not null check (notes > 0), words text not null,
         "changedAt" bigint not null unique);
       create index caseload_newest on caseload (tenant, "changedAt" desc) where notes > 1`,
    );
    await runner.query(secureView('caseload'));
    await runner.query(`create table tally (tenant text primary key, events int not null)`);
    await runner.query(secureView('tally'));
    await runner.query(`create table forgotten (id text primary key, tenant text not null)`);
  }
  async down() {}
}

export type Notes = { readonly count: number; readonly words: readonly string[] };
export const histories: Histories = {
  case: (notes: Notes = { count: 0, words: [] }, { data }: Recorded): Notes => ({
    count: notes.count + 1,
    words: [...notes.words, data['word'] as string],
  }),
};

export const caseload: View = {
  name: 'caseload',
  version: 1,
  entities: [CaseloadRow],
  apply: async (rows, { stream, tenant, position, type }, history) => {
    if (type !== 'Noted') return;
    const { count, words } = await history<Notes>();
    rows.put(CaseloadRow, { stream, tenant, notes: count, words: words.join(' '), changedAt: `${position}` });
  },
};
export const tally: View = {
  name: 'tally',
  version: 1,
  entities: [TallyRow],
  apply: (rows, { tenant }) => rows.change(TallyRow, { tenant }, ({ events }) => ({ events: events + 1 }), { tenant, events: 1 }),
};

export const quick: Pace = { beat: 50, silence: 600, look: 200 };

/** One more word on a stream of a tenant. */
export const note = (store: PostgresEventStore, stream: string, word: string, tenant = 'quanpay'): Promise<AppendOutcome> =>
  store.append(requestOf(store, `case-${tenant}-${stream}`, 'none', [{ type: 'Noted', word } as NewEvent], { tenant }));

/** Every row of both views. */
export const everything = (manager: EntityManager): Promise<[CaseloadRow[], TallyRow[]]> =>
  Promise.all([manager.find(CaseloadRow, { order: { stream: 'ASC' } }), manager.find(TallyRow, { order: { tenant: 'ASC' } })]);

/** What both views have to hold after these records, written without a line of what is tested. */
export const expected = (log: readonly Recorded[]): [CaseloadRow[], TallyRow[]] => {
  const lines = new Map<string, CaseloadRow>();
  const tallies = new Map<string, number>();
  for (const { stream, tenant, type, data, position } of log) {
    tallies.set(tenant, (tallies.get(tenant) ?? 0) + 1);
    if (type !== 'Noted') continue;
    const { notes = 0, words = '' } = lines.get(stream) ?? {};
    const row = { stream, tenant, notes: notes + 1, words: `${words} ${data['word'] as string}`.trim(), changedAt: `${position}` };
    lines.set(stream, row);
  }
  return [
    [...lines.values()].sort((one, other) => (one.stream < other.stream ? -1 : 1)),
    [...tallies].map(([tenant, events]) => ({ tenant, events })).sort((one, other) => (one.tenant < other.tenant ? -1 : 1)),
  ];
};

/** The whole log. */
export const wholeLog = async (store: PostgresEventStore): Promise<readonly Recorded[]> => {
  const log: Recorded[] = [];
  for (let page: readonly Recorded[]; (page = await store.readLog(log.length - 1, 1_000)).length > 0;) log.push(...page);
  return log;
};
