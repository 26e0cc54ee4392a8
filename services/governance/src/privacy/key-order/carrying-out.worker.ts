import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Configuration, EVENT_STORE, LOG, VIEWS, type Log, type Views } from '@recourse/edge';
import { Resting, type EventStore } from '@recourse/event-store';
import { keyringBackupDays } from '../../governance.variables.js';
import { KeyGovernor } from '../keys.governor.js';
import { carryOut, destroyAgain, noteAcknowledged, type CarryingOut } from './carrying-out.keys.js';
import { destroyedKeys, ordersInHand } from './key-orders.view.js';

/** Whoever keeps something of a key: all that seal, hear sealed groups, or keep what was made of them. */
export const keepingServices = ['account-lock', 'audit', 'case-tracking', 'governance', 'intake', 'notification'] as const;

/** What the services acknowledge stands in the keyring, and in no log. */
const idle = 1_000;
const afterFailure = 2_000;
/** A restored keyring is brought up together with its services; whoever forgets to restart them is noticed within the hour. */
const lookForRestored = 3_600_000;
const portion = 500;

/** Carries out orders about keys, collects what services say about them, and sees to it that what is destroyed stays so. Several instances may run. */
@Injectable()
export class CarryingOutWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly over = new AbortController();
  private running: readonly Promise<void>[] = [];

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(VIEWS) private readonly views: Views,
    @Inject(LOG) private readonly log: Log,
    private readonly configuration: Configuration,
    private readonly keys: KeyGovernor,
  ) {}

  onApplicationBootstrap(): void {
    const failed = (error: unknown) => this.log.error({ err: error }, 'orders about keys could not be looked for');
    const orders = { look: () => this.orders(), failed };
    this.running = [new Resting(this.store, idle).keepLooking(orders, this.over.signal), this.keepDestroyed(failed)];
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.over.abort();
    await Promise.all(this.running);
  }

  private async orders(): Promise<void> {
    const tools = this.tools();
    for (const { id, stage } of await this.views.readAll((manager) => ordersInHand(manager))) {
      if (this.over.signal.aborted) return;
      // One order whose keys cannot be reached keeps no other one waiting.
      await (stage === 'approved' ? carryOut(tools, id) : noteAcknowledged(tools, id)).catch((error: unknown) =>
        this.log.error({ err: error, order: id }, 'an order about keys cannot be carried out yet'),
      );
    }
  }

  private async restored(): Promise<void> {
    let after: string | undefined;
    for (;;) {
      const rows = await this.views.readAll((manager) => destroyedKeys(manager, after, portion));
      const count = await destroyAgain(this.tools(), rows);
      if (count > 0) this.log.warn({ count }, 'keys that had been destroyed stood in the keyring again and were destroyed again');
      if (rows.length < portion || this.over.signal.aborted) return;
      after = rows.at(-1)!.key;
    }
  }

  private tools(): CarryingOut {
    const backupWindow = `P${this.configuration.of(keyringBackupDays)}D`;
    return { store: this.store, governor: this.keys.governor, backupWindow, services: keepingServices };
  }

  private async keepDestroyed(failed: (error: unknown) => void): Promise<void> {
    const { signal } = this.over;
    while (!signal.aborted) {
      const wait = await this.restored().then(
        () => lookForRestored,
        (error: unknown) => {
          failed(error);
          return afterFailure;
        },
      );
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}
