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
    this.running = options.due.map((due, at) => this.keepLooking(due, this.counts[at] as DueCount));
  }

  /** Finishes what is in hand. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.running);
  }

  private async keepLooking(due: Due, count: DueCount): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.look(due, count);
      await pause(due.every, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(due: Due, count: DueCount): Promise<void> {
    const { log, store, views, settings } = this.options;
    try {
      const failed = count.failed;
      const rows = await views.readAll((manager) => due.find(manager, store.now(), settings));
      for (const row of rows) {
        if (this.stopped.signal.aborted) return;
        await due.act(row, this.tools).then(
          () => count.done++,
          (error: unknown) => {
            count.failed++;
            log.error({ err: error, due: due.name }, 'due work failed and will be tried again');
          },
        );
      }
      if (count.failed === failed) count.cleanAt = performance.now();
    } catch (error) {
      count.failed++;
      log.error({ err: error, due: due.name }, 'due work could not be looked for');
    }
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
