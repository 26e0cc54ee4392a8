import { subjectExportFormat, type SubjectExport } from '@recourse/contracts';
import type { SealedRef } from '@recourse/event-store';
import { gapsAmong, withSealsShown, type Gaps } from '../matter/differing.js';
import { foldFor } from '../matter/replaying.js';
import type { Told } from '../matter/telling.js';
import { exportedEvent, kindsWithState, openableIn, type Texts } from './exporting.js';
import type { Holding, Holdings } from './holdings.pg.js';

type Head = Omit<SubjectExport, 'format' | 'matters' | 'accounts' | 'preferences' | 'requests'>;
/** Opens for the subject and records it first. `corr` is what the opening is recorded under. */
export type OpenFor = (refs: readonly SealedRef[], corr: string, whose: readonly string[]) => Promise<Texts>;
export type StandingsOf = (keys: readonly string[]) => Promise<Parameters<typeof gapsAmong>[0]>;

/** Writes an export piece by piece: of a subject with a thousand cases no more is held than of one with a single one. */
export class Writing {
  constructor(
    private readonly holdings: Holdings,
    private readonly open: OpenFor,
    private readonly standings: StandingsOf,
  ) {}

  async *written(head: Head): AsyncGenerator<string> {
    const { subject } = head;
    yield `${JSON.stringify({ format: subjectExportFormat, ...head }).slice(0, -1)},"matters":[`;
    yield* parted(
      await this.holdings.matters(subject),
      async function* (this: Writing, matter: string) {
        yield `{"matter":${JSON.stringify(matter)},"things":[`;
        yield* this.things(await this.holdings.ofMatter(matter), matter, [subject, matter]);
        yield ']}';
      }.bind(this),
    );
    yield '],"accounts":[';
    yield* parted(
      await this.holdings.accounts(subject),
      async function* (this: Writing, account: string) {
        const holdings = await this.holdings.ofAccount(account);
        yield `{"account":${JSON.stringify(account)},"things":[`;
        yield* this.things(holdings, holdings.find(({ kind }) => kind === 'contact')?.stream ?? account, [subject]);
        yield ']}';
      }.bind(this),
    );
    yield '],"preferences":[';
    const wishes = await this.holdings.preferences(subject);
    yield* this.things(wishes, wishes[0]?.stream ?? '', [subject]);
    yield '],"requests":[';
    yield* this.things(await this.holdings.requests(subject), `subject-request-${head.request}`, [subject]);
    yield ']}\n';
  }

  private things(holdings: readonly Holding[], corr: string, whose: readonly string[]): AsyncGenerator<string> {
    return parted(holdings, (holding) => this.thing(holding, corr, whose));
  }

  private async *thing(holding: Holding, corr: string, whose: readonly string[]): AsyncGenerator<string> {
    const { kind, stream } = holding;
    yield `{"kind":${JSON.stringify(kind)},"stream":${JSON.stringify(stream)},"events":[`;
    const fold = kindsWithState.includes(kind) ? foldFor(stream) : undefined;
    let [first, state, gaps]: [boolean, unknown, Gaps] = [true, undefined, new Map()];
    for await (const page of this.holdings.pages(holding)) {
      const texts = await this.open(openableIn(page), corr, whose);
      gaps = new Map([...gaps, ...(await this.gapsIn(page, texts))]);
      for (const told of page) {
        state = fold?.(state, told.record);
        yield `${first ? '' : ','}${JSON.stringify(exportedEvent(told, texts, gaps))}`;
        first = false;
      }
    }
    yield `],"state":${JSON.stringify(state === undefined ? null : withSealsShown(state, gaps))}}`;
  }

  private async gapsIn(page: readonly Told[], texts: Texts): Promise<Gaps> {
    const closed = page.flatMap(({ record }) => (record.sealed ?? []).filter(({ id }) => !texts.has(id)).map(({ key }) => key));
    return closed.length === 0 ? new Map() : gapsAmong(await this.standings(closed));
  }
}

async function* parted<Item>(items: readonly Item[], write: (item: Item) => AsyncGenerator<string>): AsyncGenerator<string> {
  for (const [at, item] of items.entries()) {
    if (at > 0) yield ',';
    yield* write(item);
  }
}
