import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { PlatformMessage } from '@recourse/contracts';
import { Configuration, EVENT_STORE, LOG, PRIVACY, VIEWS, type Log, type Views } from '@recourse/edge';
import { OutboundClient, type Outbound } from '@recourse/egress';
import { eventOf, handling, part, Resting, type PostgresEventStore } from '@recourse/event-store';
import type { Privacy } from '@recourse/privacy';
import { Webhook } from 'standardwebhooks';
import { egressAllow, egressPorts } from '../notification.variables.js';
import { webhookEndpoint } from './deciding.js';
import { Deliveries, testMessage, type Claimed, type Noted } from './deliveries.pg.js';
import { afterTry, answeredAs, patience, webhookId, type Answered } from './delivering.js';
import type { Endpoint, EndpointEvent, WhyDisabled } from './webhook-endpoint.js';

/** How long an idle worker rests at most, how many endpoints it serves side by side, and how many messages it takes up at once. */
const idle = 1_000;
const sideBySide = 16;
const page = 50;
const forgetEvery = 3_600_000;
/** Nothing more is sent while the order to disable is on its way. */
const untilDisabled = 60_000;

const streamOf = (endpoint: string): string => `endpoint-${endpoint}`;

/** Delivers each platform's feed to its endpoints: in order, one message in flight per endpoint, until every one has been taken. */
@Injectable()
export class DeliveringWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly me = randomUUID();
  private readonly over = new AbortController();
  private readonly serving = new Map<string, Promise<void>>();
  private readonly secrets = new Map<string, string>();
  private readonly deliveries: Deliveries;
  private readonly client: Outbound;
  private running: Promise<void> | undefined;
  private forgotten = 0;

  constructor(
    @Inject(EVENT_STORE) private readonly store: PostgresEventStore,
    @Inject(VIEWS) views: Views,
    @Inject(PRIVACY) private readonly privacy: Privacy,
    @Inject(LOG) private readonly log: Log,
    configuration: Configuration,
  ) {
    this.deliveries = new Deliveries(views.live, this.me);
    this.client = new OutboundClient({ named: configuration.of(egressAllow), ports: configuration.of(egressPorts) });
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.over.abort();
    await this.running;
    await Promise.all(this.serving.values());
    await this.client.close();
  }

  private async run(): Promise<void> {
    const failed = (error: unknown) => this.log.error({ err: error }, 'what is to be delivered could not be looked for');
    await new Resting(this.store, idle).keepLooking({ look: () => this.look(), failed }, this.over.signal);
  }

  private async look(): Promise<void> {
    const free = sideBySide - this.serving.size;
    for (const claimed of free > 0 ? await this.deliveries.claim(free) : []) {
      const served = this.serve(claimed)
        .catch((error: unknown) =>
          this.log.error({ err: error, endpoint: claimed.endpoint }, 'an endpoint could not be served and will be tried again'),
        )
        .finally(() => this.serving.delete(claimed.endpoint));
      this.serving.set(claimed.endpoint, served);
    }
    if (performance.now() - this.forgotten > forgetEvery) {
      this.forgotten = performance.now();
      await this.deliveries.forgetOld();
    }
  }

  /** One endpoint, message after message, until it has everything, refuses one, or somebody asks for something else of it. */
  private async serve(claimed: Claimed): Promise<void> {
    try {
      // A view that is being built again may not know yet that it was disabled; its stream does.
      if ((await this.standingOf(claimed.endpoint)).stage !== 'enabled') return;
      if (claimed.test) {
        const message = testMessage(claimed.test, this.store.now(claimed.tenant));
        const answered = await this.call(claimed, message);
        if (
          !(await this.deliveries.note(claimed, {
            number: null,
            message: message.id,
            type: message.type,
            answered,
            then: { testVersion: claimed.testVersion },
          }))
        )
          return;
      }
      for (let at = claimed; !this.over.signal.aborted;) {
        const messages = await this.deliveries.next(at.tenant, at.done, page);
        if (messages.length === 0) return;
        for (const message of messages) {
          if (this.over.signal.aborted || !(await this.deliver(at, message))) return;
          at = { ...at, done: message.number, failures: 0, failingSince: null };
        }
      }
    } finally {
      await this.deliveries.release(claimed.endpoint).catch(() => undefined);
    }
  }

  /** True when the receiver took it and the next may follow. */
  private async deliver(claimed: Claimed, message: PlatformMessage): Promise<boolean> {
    const answered = await this.call(claimed, message);
    const next = afterTry(answered, claimed.failures, Math.random(), Date.now());
    const silent = claimed.failingSince !== null && Date.now() - claimed.failingSince.getTime() > patience;
    const then: Noted['then'] =
      next.then === 'go-on' ? { done: message.number } : { retryInMs: next.then === 'wait' ? next.ms : untilDisabled };
    const goOn = await this.deliveries.note(claimed, { number: message.number, message: message.id, type: message.type, answered, then });
    if (next.then === 'disable') await this.disable(claimed, 'receiver-said-gone');
    else if (next.then === 'wait' && silent) await this.disable(claimed, 'silent-for-five-days');
    return goOn && next.then === 'go-on';
  }

  /** Signed with every secret that is still good: during a rotation there are two. */
  private async call({ endpoint, tenant, url }: Claimed, message: Omit<PlatformMessage, 'number'>): Promise<Answered> {
    const body = JSON.stringify(message);
    const now = new Date();
    const id = webhookId(message.id);
    const secrets = await this.secretsOf(endpoint, tenant);
    if (secrets.length === 0) return { failed: 'secret-unreadable', ms: 0 };
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'recourse-webhooks/1',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
    };
    return answeredAs(await this.client.call(url, { headers, body, answer: 'discard' }));
  }

  /** Opened once and kept in memory: the opening is recorded once for each start of the service, not for each message. */
  private async secretsOf(endpoint: string, tenant: string): Promise<readonly string[]> {
    const state = await this.standingOf(endpoint);
    if (state.stage === 'not-registered') return [];
    const now = this.store.now(tenant);
    const good = state.secrets.filter(({ until }) => until === undefined || until > now).flatMap(({ sealed }) => sealed);
    const closed = good.filter(({ id }) => !this.secrets.has(id));
    if (closed.length > 0) {
      const opened = await this.privacy.open(closed, { by: this.by, purpose: 'signing-webhooks', corr: streamOf(endpoint), tenant });
      for (const [ref, { secret }] of opened) this.secrets.set(ref, secret as string);
    }
    return good.map(({ id }) => this.secrets.get(id)).filter((secret) => secret !== undefined);
  }

  private async standingOf(endpoint: string): Promise<Endpoint> {
    const past = await this.store.readStream(streamOf(endpoint));
    return past.map((record) => eventOf<EndpointEvent>(record)).reduce<Endpoint>(webhookEndpoint.evolve, webhookEndpoint.initial);
  }

  private readonly by = { actor: 'service:notification', role: 'service', client: 'notification' };

  private async disable({ endpoint, tenant }: Claimed, why: WhyDisabled): Promise<void> {
    const stream = streamOf(endpoint);
    const command = { type: 'DisableEndpoint', by: this.by, at: this.store.now(tenant), why } as const;
    await handling(this.store)({ tenant, corr: stream, parts: [part(webhookEndpoint, stream, command)] });
  }
}
