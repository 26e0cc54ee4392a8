import { handling, type EventStore, type Order, type Outcome, type Views } from '@recourse/event-store';
import type { Privacy } from '@recourse/privacy';
import { setTimeout as pause } from 'node:timers/promises';
import type { Due, DueTools, PlatformSettingsOf } from './house.options.js';
import type { Log } from './logging.js';

export type DueOptions = {
  readonly service: string;
  readonly due: readonly Due[];
  readonly store: EventStore;
  readonly views: Views;
  readonly privacy: Privacy;
  readonly settings: PlatformSettingsOf;
  readonly watermarks: DueTools['watermarks'];
  readonly log: Log;
};

/** How often each kind of due work was looked for and what came of it. */
export type DueCount = {
  readonly name: string;
  done: number;
  failed: number;
  /** When everything due was last done without a failure, by the clock of performance.now(). */
  cleanAt: number;
};

type Kind = { readonly due: Due; readonly count: DueCount };

/**
 * Looks, again and again, at what must have happened by now, and sends the commands. Several instances may look at once: the
 * deciders make it harmless to send the same command twice, so there is no leader to wait for.
 */
export class DueWorker {
  readonly counts: readonly DueCount[];
  private readonly stopped = new AbortController();
  private readonly running: readonly Promise<void>[];
  private readonly tools: DueTools;

  constructor(private readonly options: DueOptions) {
    this.counts = options.due.map(({ name }) => ({ name, done: 0, failed: 0, cleanAt: performance.now() }));
    this.tools = toolsOf(options);
    const kinds = options.due.map((due, at): Kind => ({ due, count: this.counts[at] as DueCount }));
    const paces = [...new Set(options.due.map(({ every }) => every))];
    this.running = paces.map((every) =>
      this.keepLooking(
        every,
        kinds.filter(({ due }) => due.every === every),
      ),
    );
  }

  /** Finishes what is in hand. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.running);
  }

  private async keepLooking(every: number, kinds: readonly Kind[]): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.look(kinds);
      await pause(every, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One look finds what is due of all kinds. One that cannot be looked for holds none of the others up: they are looked for apart. */
  private async look(kinds: readonly Kind[]): Promise<void> {
    const { log, store, views, settings } = this.options;
    const now = store.now();
    let found: readonly (readonly unknown[])[];
    try {
      found = await views.readAll(async (manager) => {
        const rows = [];
        for (const { due } of kinds) rows.push(await due.find(manager, now, settings));
        return rows;
      });
    } catch (error) {
      if (kinds.length > 1) {
        for (const kind of kinds) await this.look([kind]);
        return;
      }
      for (const { due, count } of kinds) {
        count.failed++;
        log.error({ err: error, due: due.name }, 'due work could not be looked for');
      }
      return;
    }
    await Promise.all(kinds.map((kind, at) => this.act(kind, found[at]!)));
  }

  private async act({ due, count }: Kind, rows: readonly unknown[]): Promise<void> {
    const failed = count.failed;
    for (const row of rows) {
      if (this.stopped.signal.aborted) return;
      // Within a promise, so that what is thrown at once counts as well.
      await Promise.resolve(row)
        .then((one) => due.act(one, this.tools))
        .then(
          () => count.done++,
          (error: unknown) => {
            count.failed++;
            this.options.log.error({ err: error, due: due.name }, 'due work failed and will be tried again');
          },
        );
    }
    if (count.failed === failed) count.cleanAt = performance.now();
  }
}

const toolsOf = ({ service, store, views, privacy, settings, watermarks, log }: DueOptions): DueTools => {
  const carry = handling(store);
  return {
    store,
    views,
    privacy,
    settings,
    watermarks,
    told: (tenant) => ({ by: { actor: `service:${service}`, role: 'service', client: service }, at: store.now(tenant) }),
    send: async (order: Order): Promise<Outcome> => {
      const outcome = await carry(order);
      if (outcome.kind === 'refused')
        log.info({ refused: outcome.refusal.refused, command: order.parts[0].command.type }, 'due work was refused');
      return outcome;
    },
  };
};
