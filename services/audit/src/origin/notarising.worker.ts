import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EVENT_STORE, LOG, Metrics, TRANSPORT, type Log } from '@recourse/edge';
import { handling, part, type PostgresEventStore } from '@recourse/event-store';
import { recordsTopic, type Consumption, type HeardMessage, type Transport } from '@recourse/relay';
import { origin, type OriginCommand } from './noticing.js';
import { Records, type Heard, type Standing } from './records.pg.js';

/** An origin of which two stories were told: its partition stands still, and a person has to look. Never parked, never skipped. */
export class OriginStopped extends Error {
  constructor(readonly origin: string) {
    super(`The log of ${origin} was told in two ways. Nothing more of it is taken.`);
    this.name = 'OriginStopped';
  }
}

type Without<Command> = Command extends unknown ? Omit<Command, 'by' | 'at' | 'origin'> : never;

/** Hears every record of every service, and says in its own log what is wrong with them. */
@Injectable()
export class NotarisingWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly records: Records;
  private consumption: Promise<Consumption> | undefined;
  private readonly by = { actor: 'service:audit', role: 'service', client: 'audit' };

  constructor(
    @Inject(EVENT_STORE) private readonly store: PostgresEventStore,
    @Inject(TRANSPORT) private readonly transport: Transport,
    @Inject(LOG) private readonly log: Log,
    metrics: Metrics,
  ) {
    this.records = new Records(store.pool);
    measureOrigins(metrics, this.records);
  }

  onApplicationBootstrap(): void {
    this.consumption = this.transport.consume('audit-records', [recordsTopic], (message) => this.hear(message));
    this.consumption.catch(() => undefined);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await (await this.consumption)?.stop();
  }

  /** Resolves when the record is safely kept; rejects, so that it is told again, when it is not, or when its origin has been stopped. */
  async hear(message: HeardMessage): Promise<void> {
    if (message.key === 'heartbeat') return;
    const heard = heardOf(message);
    const kept = await this.records.keep(heard);
    if (kept.then === 'fork')
      return this.stop(heard.origin, { type: 'NoticeFork', position: heard.position, known: kept.known, told: kept.told });
    if (kept.then === 'broken')
      return this.stop(heard.origin, { type: 'NoticeBrokenChain', position: kept.position, stream: kept.stream, version: kept.version });
    if (kept.then === 'stopped') throw new OriginStopped(heard.origin);
    for (const gap of await this.records.gapsToTell(heard.origin)) {
      const { from, to, said, filled } = gap;
      if (!said) await this.say(heard.origin, { type: 'NoticeGap', from, to });
      if (filled) await this.say(heard.origin, { type: 'NoticeGapClosed', from, to });
      await this.records.gapTold(heard.origin, gap);
    }
  }

  private async stop(of: string, command: Without<OriginCommand>): Promise<never> {
    await this.say(of, command);
    await this.records.stop(of);
    this.log.fatal(
      { origin: of, noticed: command.type },
      'a log was told in two ways: nothing more of it is taken until a person has looked',
    );
    throw new OriginStopped(of);
  }

  private async say(of: string, command: Without<OriginCommand>): Promise<void> {
    const stream = `origin-${of}`;
    const order = { ...command, by: this.by, at: this.store.now(), origin: of } as OriginCommand;
    await handling(this.store)({ tenant: 'house', corr: stream, parts: [part(origin, stream, order)] });
  }
}

const measureOrigins = (metrics: Metrics, records: Records): void => {
  const of = (measure: (origin: Standing) => number) => async () =>
    (await records.standings()).map((standing) => ({ labels: { origin: standing.origin }, value: measure(standing) }));
  metrics.gauge(
    'recourse_origin_stopped',
    '1 for a log of which two stories were told: nothing more of it is taken.',
    ['origin'],
    of(({ stopped }) => (stopped ? 1 : 0)),
  );
  metrics.gauge(
    'recourse_origin_missing',
    'Records of a log that the notary misses below the farthest one it heard.',
    ['origin'],
    of(({ missing }) => missing),
  );
};

/** The envelope says whose record it is and where it stood; what it says of itself is only believed as far as its text goes. */
const heardOf = ({ headers, value }: HeardMessage): Heard => {
  const { ce_source: source, ce_position: position } = headers;
  const { record, recordedAt, sealed } = JSON.parse(value) as Partial<Record<'record' | 'recordedAt', unknown>> & Pick<Heard, 'sealed'>;
  if (!source || !position || typeof record !== 'string' || typeof recordedAt !== 'string')
    throw new Error('A record came without its text, its origin, its position or its time.');
  return { origin: source.replace(/^\/services\//, ''), position: Number(position), text: record, recordedAt, sealed };
};
