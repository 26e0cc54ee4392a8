import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EVENT_STORE, LOG, Problem, type Log } from '@recourse/edge';
import type { EventStore } from '@recourse/event-store';
import { setTimeout as pause } from 'node:timers/promises';
import { drawnAt, EvidenceVault } from './vault.js';

const hour = 3_600_000;
/** So long after its name was drawn a file may still be recorded, */
const recordedWithin = hour;
/** and only after so long it is an orphan: between the two lies whatever clocks disagree by. */
const orphanAfter = 24 * hour;
/** What is older was looked at before; a sweep that was away for longer than this leaves it lying, sealed. */
const lookedAtFor = 30 * 24 * hour;

/**
 * Files that were uploaded and never recorded go. Whether one was is asked of the log, never of a view. No file is swept that may still be recorded:
 * recording is refused an hour after the name was drawn, sweeping begins after a day.
 */
@Injectable()
export class SweepingWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly over = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly vault: EvidenceVault,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.over.abort();
    await this.running;
  }

  /** Throws when a file has been on its way for so long that it might be swept before it is recorded. */
  mayBeRecorded(id: string): void {
    if (this.now() - (drawnAt(id) ?? 0) > recordedWithin)
      throw new Problem(503, 'evidence-cannot-be-stored', { headers: { 'retry-after': '60' } });
  }

  /** One look at everything. Returns how many files went. */
  async sweep(now = this.now()): Promise<number> {
    let swept = 0;
    await this.vault.clear(now - orphanAfter);
    for await (const place of this.vault.lying(now - lookedAtFor, now - orphanAfter)) {
      if (this.over.signal.aborted) break;
      if ((await this.store.readStream(`evidence-${place.id}`)).length > 0) continue;
      await this.vault.forget(place);
      swept++;
    }
    if (swept > 0) this.log.warn({ swept }, 'evidence that was uploaded and never recorded was let go of');
    return swept;
  }

  private async run(): Promise<void> {
    while (!this.over.signal.aborted) {
      await pause(hour, undefined, { signal: this.over.signal, ref: false }).catch(() => undefined);
      if (this.over.signal.aborted) return;
      await this.sweep().catch((error: unknown) => this.log.error({ err: error }, 'orphans cannot be swept at this moment'));
    }
  }

  /** The database's clock, not that of a platform which tries things out in another time. */
  private now(): number {
    return Date.parse(this.store.now());
  }
}
