import type { Hearing } from './hearing.js';
import type { Claimed, Parked } from './parked.pg.js';
import { pauseFor } from './pausing.js';
import type { HeardMessage, Log } from './transport.js';

type Options<Tools> = {
  readonly parked: Parked;
  readonly hears: readonly Hearing<Tools>[];
  readonly pace: { readonly parked: readonly number[]; readonly look: number };
  readonly log: Log;
  readonly act: (hearing: Hearing<Tools>, heard: HeardMessage) => Promise<void>;
  /** Whether a message has taken effect already. */
  readonly tookEffect: (hearing: Hearing<Tools>, message: string) => Promise<boolean>;
  /** Whether the service's own database answers: its absence is no message's fault. */
  readonly reachable: () => Promise<boolean>;
};

/** A message that was begun so often without coming to an end, and without an effect, has killed its process each time. */
export const deadly = 3;

/** Tries parked keys again, each in its order, with growing pauses. Every instance has one; a key is claimed by one of them at a time. */
export class ParkedWorker<Tools> {
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly options: Options<Tools>) {}

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run() {
    const { parked, hears, pace } = this.options;
    const { signal } = this.#stopping;
    const consumers = hears.map(({ consumer }) => consumer);
    while (!signal.aborted) {
      const claimed = await parked.claim(consumers).catch(() => undefined);
      if (claimed)
        await this.#drain(claimed).catch(() => undefined); // its lease runs out
      else await pauseFor(pace.look, signal);
    }
  }

  /** In order, until the queue is empty or its first message fails. */
  async #drain(claimed: Claimed) {
    const { parked, hears, pace, log, act, tookEffect, reachable } = this.options;
    const hearing = hears.find(({ consumer }) => consumer === claimed.consumer)!;
    const about = { consumer: claimed.consumer, topic: claimed.topic };
    const suspect = claimed.starts > deadly ? await parked.first(claimed) : undefined;
    if (suspect && !(await tookEffect(hearing, suspect.message))) {
      log.error(about, 'A parked message kills the process; its key waits for a person.');
      return parked.giveBack(claimed, { why: 'kills-the-process', held: true, wait: 0 });
    }
    for (let { tries } = claimed; ; tries = 0) {
      const first = await parked.first(claimed);
      if (!first) {
        if (!(await parked.close(claimed))) continue; // one more came
        return log.info(about, 'A parked key has caught up.');
      }
      if (this.#stopping.signal.aborted) return parked.giveBack(claimed, { wait: 0 });
      try {
        await act(hearing, first.heard);
      } catch (error) {
        if (!(await reachable())) return parked.giveBack(claimed, { wait: pace.parked[0]! });
        const { why, name, code } = error as { why?: string; name: string; code?: string };
        const next = pace.parked[Math.min(tries + 1, pace.parked.length - 1)]!;
        log.warn({ ...about, message: first.message, error: why ?? name, tries: tries + 1 }, 'A parked message failed again.');
        return parked.giveBack(claimed, {
          why: why ?? `failed: ${code ? `${name} ${code}` : name}`,
          held: why !== undefined,
          wait: jittered(next),
        });
      }
      await parked.done(claimed, first.number);
    }
  }
}

/** A tenth more or less, so that what failed together does not come back together. */
const jittered = (ms: number): number => ms * (0.9 + 0.2 * Math.random());
