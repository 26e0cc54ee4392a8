import { readTypes, type PostgresEventStore } from '@recourse/event-store';
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../logging.js';
import { platformTypes } from './platforms.migration.js';
import type { Platforms } from './platforms.js';

const atOnce = 500;
/** Something is appended all the time, and hardly ever by governance: a closed platform's tokens are good this much longer, no more. */
const atMostEveryMs = 100;
const unaskedEveryMs = 5_000;
const afterFailureMs = 1_000;

type Keeping = { readonly platforms: Platforms; readonly store: PostgresEventStore; readonly log: Log };

/** Keeps what this process knows of the platforms up to date. No seat and no cursor: each process has a memory of its own to fill. */
export class KeepingPlatforms {
  private readonly stopped = new AbortController();
  private readonly read: ReturnType<typeof readTypes>;
  private upTo = -1;
  private running: Promise<void> | undefined;

  constructor(private readonly keeping: Keeping) {
    this.read = readTypes(keeping.store, platformTypes);
  }

  /** Everything that stands in the log at this moment; a service serves nobody before it knows who is closed. */
  async catchUp(): Promise<void> {
    for (;;) {
      const { records, upTo } = await this.read(this.upTo, atOnce);
      for (const record of records) this.keeping.platforms.take(record);
      this.upTo = Math.max(this.upTo, upTo);
      if (records.length < atOnce) return;
    }
  }

  begin(): void {
    this.running ??= this.keepUp();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async keepUp(): Promise<void> {
    const { signal } = this.stopped;
    const { store } = this.keeping;
    while (!signal.aborted) {
      await store.waitFor(this.upTo, unaskedEveryMs, signal).catch(() => false);
      const wait = await this.look();
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<number> {
    try {
      await this.catchUp();
      return atMostEveryMs;
    } catch (error) {
      this.keeping.log.error({ err: error }, 'what is known of the platforms cannot be brought up to date');
      return afterFailureMs;
    }
  }
}
