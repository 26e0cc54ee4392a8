import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { OrderedKey } from '@recourse/contracts';
import { EVENT_STORE, LOG, Settings, VIEWS, type Log, type Views } from '@recourse/edge';
import { handling, part, Resting, type EventStore, type Outcome, type Part } from '@recourse/event-store';
import { v7 as uuid } from 'uuid';
import { askedWithin } from '../key-order/drafting.js';
import { KeysInQuestion, listOf } from '../key-order/naming.keys.js';
import { mostKeys } from '../key-order/ordering.js';
import type { PrivacyRefusal } from '../refusals.js';
import { tableOf } from './matters.inbox.js';
import { mattersDatedOtherwise, mattersToLookAt, type MatterRow } from './matters.view.js';
import { matterRetention, streamOfMatter, type MatterCommand } from './retaining.js';

/** Nothing here is due by the minute. */
const idle = 5_000;

const by = { actor: 'service:governance', role: 'service', client: 'governance' };

/** Finds by itself what has been kept long enough, and proposes to destroy it. Two people confirm; nothing is destroyed by time alone. */
@Injectable()
export class ProposingWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly over = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(VIEWS) private readonly views: Views,
    @Inject(LOG) private readonly log: Log,
    private readonly settings: Settings,
    private readonly keys: KeysInQuestion,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.over.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const failed = (error: unknown) => this.log.error({ err: error }, 'what has been kept long enough could not be looked for');
    await new Resting(this.store, idle).keepLooking({ look: () => this.look(), failed }, this.over.signal);
  }

  private async look(): Promise<void> {
    for (const tenant of this.settings.tenants()) await this.dateAnew(tenant);
    for (const row of await this.views.readAll((manager) => mattersToLookAt(manager, this.store.now()))) {
      if (this.over.signal.aborted) return;
      await this.propose(row).catch((error: unknown) =>
        this.log.error({ err: error, matter: row.id }, 'a matter that has been kept long enough could not be proposed'),
      );
    }
  }

  /** A table that has come into force dates what has ended by its own periods. */
  private async dateAnew(tenant: string): Promise<void> {
    const table = await tableOf(this.store, tenant, this.store.now(tenant));
    for (const { id } of await this.views.readAll((manager) => mattersDatedOtherwise(manager, tenant, table.version))) {
      if (this.over.signal.aborted) return;
      await this.send(tenant, id, [this.partOf(tenant, id, { type: 'DateRetention', table })]);
    }
  }

  /** The orders and the word that they were proposed stand in one append: of two processes that propose at once, one is too late. */
  private async propose({ id: matter, tenant }: MatterRow): Promise<void> {
    const keys = await this.keys.meant(tenant, 'destroy', { matter });
    if (keys.length === 0) {
      await this.send(tenant, matter, [this.partOf(tenant, matter, { type: 'ForgetMatter' })]);
      return;
    }
    const portions = inPortions(keys).map((portion) => ({ order: uuid(), portion }));
    const orders = portions.map(({ order }) => order);
    const told = { by, at: this.store.now(tenant) };
    const asked = portions.flatMap(({ order, portion }) =>
      askedWithin(tenant, {
        ...{ type: 'AskKeyOrder', order, kind: 'destroy', why: 'retention-ended', because: matter, ...told },
        ...{ keys: portion, list: listOf(portion), proposed: true },
      }),
    );
    const outcome = await this.send(tenant, matter, [this.partOf(tenant, matter, { type: 'ProposeDestruction', orders }), ...asked]);
    if (outcome.kind !== 'refused' || outcome.refusal.refused === 'proposal-stands') return;
    await this.send(tenant, matter, [this.partOf(tenant, matter, { type: 'PutOffProposal', why: outcome.refusal.refused })]);
  }

  private partOf(tenant: string, matter: string, command: Unsaid<MatterCommand>): Part {
    return part(matterRetention, streamOfMatter(matter), { ...command, matter, by, at: this.store.now(tenant) } as MatterCommand);
  }

  private send(tenant: string, corr: string, parts: readonly [Part, ...Part[]]): Promise<Outcome<PrivacyRefusal>> {
    return handling(this.store)<PrivacyRefusal>({ tenant, corr, parts });
  }
}

type Unsaid<Command> = Command extends MatterCommand ? Omit<Command, 'matter' | 'by' | 'at'> : never;

const inPortions = (keys: readonly OrderedKey[]): readonly (readonly OrderedKey[])[] =>
  Array.from({ length: Math.ceil(keys.length / mostKeys) }, (_, at) => keys.slice(at * mostKeys, (at + 1) * mostKeys));
