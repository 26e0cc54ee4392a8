import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EVENT_STORE, LOG, Metrics, PRIVACY, type IndexKey, type Log, type Privacy } from '@recourse/edge';
import { follow, type Follower, type PostgresEventStore, type SealedRef } from '@recourse/event-store';
import { setTimeout as pause } from 'node:timers/promises';
import { findableIn, indexedTypes, tokensOf } from './indexing.js';
import { SearchIndex, type Read, type Waiting } from './search-index.pg.js';

const portion = 50;
/** Milliseconds between looks: after a nudge soon, since whoever nudged has still to commit, and then ever more rarely. */
const looks = { soonest: 50, latest: 10_000 };

/**
 * Makes sealed text findable. Following the log costs one row a sealed group and opens nothing; what waits is then opened in portions, for the purpose
 * `indexing`, recorded like every other opening, and left as tokens alone. So the same hands fill the index for what is written now, for what was
 * written before there was one, and for a new epoch.
 */
@Injectable()
export class IndexingWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly index: SearchIndex;
  private readonly over = new AbortController();
  private nudge = new AbortController();
  private readonly ended = new Map<string, number>();
  private following: Follower | undefined;
  private running: Promise<void> = Promise.resolve();
  private readonly by = { actor: 'service:case-tracking', role: 'service', client: 'case-tracking' };

  constructor(
    @Inject(EVENT_STORE) private readonly store: PostgresEventStore,
    @Inject(PRIVACY) private readonly privacy: Privacy,
    @Inject(LOG) private readonly log: Log,
    metrics: Metrics,
  ) {
    this.index = new SearchIndex(store.pool);
    metrics.gauge(
      'recourse_search_waiting',
      'Sealed groups that cannot be found yet, or not yet by the keys of the newest epoch.',
      [],
      async () => [{ labels: {}, value: await this.index.waiting() }],
    );
  }

  onApplicationBootstrap(): void {
    this.following = follow({
      name: 'search',
      types: indexedTypes,
      store: this.store,
      pool: this.store.pool,
      effect: async (records, client) => {
        await this.index.know(client, records.flatMap(findableIn));
        this.nudge.abort();
      },
      failed: (error) => this.log.error({ err: error }, 'what is to be found cannot be noted yet'),
    });
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.over.abort();
    await this.following?.stop();
    await this.running;
  }

  private async run(): Promise<void> {
    let rest = looks.soonest;
    while (!this.over.signal.aborted) {
      this.nudge = new AbortController();
      const worked = await this.round().catch((error: unknown) => {
        if (!this.over.signal.aborted) this.log.error({ err: error }, 'sealed text cannot be made findable at this moment');
        return false;
      });
      if (worked) continue;
      await pause(rest, undefined, { signal: AbortSignal.any([this.over.signal, this.nudge.signal]) }).catch(() => undefined);
      rest = this.nudge.signal.aborted ? looks.soonest : Math.min(2 * rest, looks.latest);
    }
  }

  /** One portion of each platform. True while there may be more. */
  private async round(): Promise<boolean> {
    let worked = false;
    for (const tenant of await this.index.tenants()) {
      if (this.over.signal.aborted) return false;
      const key = await this.keyOf(tenant);
      const waiting = await this.index.take(tenant, key.epoch, portion);
      if (waiting.length > 0) {
        await this.index.keep(key.epoch, await this.read(tenant, key, waiting));
        worked = true;
      } else await this.end(tenant, key.epoch);
    }
    return worked;
  }

  /** Once everything can be found by the newest keys, nothing is left that was made with older ones, and they are destroyed. */
  private async end(tenant: string, epoch: number): Promise<void> {
    if (epoch === 1 || this.ended.get(tenant) === epoch || !(await this.index.dropBefore(tenant, epoch))) return;
    await this.privacy.indexes.end(tenant, 'search', epoch);
    this.ended.set(tenant, epoch);
  }

  /** The newest epoch's; the next one begins when an operator asked for it. */
  private async keyOf(tenant: string): Promise<IndexKey> {
    const newest = (await this.privacy.indexes.of(tenant, 'search')).at(-1)!;
    if ((await this.index.wanted(tenant)) <= newest.epoch) return newest;
    await this.privacy.indexes.begin(tenant, 'search', newest.epoch + 1);
    return this.keyOf(tenant);
  }

  /** Opens case by case, so that an opening stands with the matter it is about. One that cannot be opened is tried again later, and keeps nobody else waiting. */
  private async read(tenant: string, key: IndexKey, waiting: readonly Waiting[]): Promise<readonly Read[]> {
    const cases = new Map<string, SealedRef[]>();
    for (const { case: of, ref } of waiting) cases.set(of, [...(cases.get(of) ?? []), ref]);
    const read: Read[] = [];
    for (const [corr, refs] of cases)
      try {
        const opened = await this.privacy.open(refs, { by: this.by, purpose: 'indexing', corr, tenant });
        read.push(...refs.map(({ id, group }) => ({ entry: id, tokens: opened.has(id) ? tokensOf(group, opened.get(id)!, key) : [] })));
      } catch (error) {
        this.log.error({ err: error, case: corr }, 'sealed text of a case could not be read to make it findable');
      }
    return read;
  }
}
