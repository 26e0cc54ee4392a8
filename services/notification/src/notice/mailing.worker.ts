import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { noticeHistory, type NoticeHistory } from '@recourse/contracts';
import { Configuration, EVENT_STORE, LOG, PRIVACY, Settings, VIEWS, type Log, type Views } from '@recourse/edge';
import { eventOf, handling, part, Resting, type PostgresEventStore, type Recorded, type SealedRef } from '@recourse/event-store';
import type { Privacy } from '@recourse/privacy';
import { logDomain, mailFrom, smtpUrl } from '../notification.variables.js';
import { isTrusted, type RecipientEvent } from '../recipient/recipient.js';
import { recipient } from '../recipient/remembering.js';
import type { Letter } from './composing.js';
import { notice, type NoticeCommand } from './deciding.js';
import { Mailer, type Mailed } from './mailer.client.js';
import { mailId } from './naming.js';
import type { WhyGivenUp } from './notice.js';
import { isAlert } from './policy.js';
import { templates } from './templates.loading.js';
import { write } from './writing.js';

/** How long an idle worker rests at most, and how many mails it sends side by side. */
const idle = 1_000;
const moment = 3_000;
const sideBySide = 4;

type DueRow = { readonly notice: string; readonly reader: string };
type Standing = { readonly records: readonly Recorded[]; readonly history: NoticeHistory; readonly tenant: string; readonly corr: string };

/**
 * Sends what is planned. A try is recorded before the mail server is called, and only one worker gets to record it. A process killed
 * between the mail server's yes and NoticeSent leaves a try that says nothing: after thirty seconds it is tried again, so in that
 * window, and only then, a customer may get the same mail twice, both times under the same Message-ID. Nothing is ever sent without a
 * record that it was tried.
 */
@Injectable()
export class MailingWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly over = new AbortController();
  private readonly sending = new Map<string, Promise<void>>();
  private readonly justSent = new Set<string>();
  private readonly resting: Resting;
  private readonly mailer: Mailer;
  private readonly domain: string;
  private readonly by = { actor: 'service:notification', role: 'service', client: 'notification' };
  private running: Promise<void> | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly store: PostgresEventStore,
    @Inject(VIEWS) private readonly views: Views,
    @Inject(PRIVACY) private readonly privacy: Privacy,
    @Inject(LOG) private readonly log: Log,
    private readonly settings: Settings,
    configuration: Configuration,
  ) {
    this.resting = new Resting(store, idle);
    this.mailer = new Mailer(configuration.of(smtpUrl), configuration.of(mailFrom));
    this.domain = configuration.of(logDomain);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.over.abort();
    await this.running;
    await Promise.all(this.sending.values());
    this.mailer.close();
  }

  private async run(): Promise<void> {
    const failed = (error: unknown) => this.log.error({ err: error }, 'what is to be mailed could not be looked for');
    await this.resting.keepLooking({ look: () => this.look(), failed }, this.over.signal);
  }

  /**
   * Whoever gets several mails gets them in the order in which they were planned, one at a time for each account; a code does not wait
   * for the others.
   */
  private async look(): Promise<void> {
    const free = sideBySide - this.sending.size;
    if (free <= 0) return;
    const { rows } = await this.views.live.query<DueRow>(
      `select * from (
         select distinct on (reader) notice, reader, rank, position from (
           select notice, tenant || '/' || coalesce(account, notice::text) as reader, template <> 'one-time-code' as rank, position
           from notice
           where "tryAt" <= clock_timestamp() and channel = 'email' and not (notice = any($3::uuid[]))
         ) due where not (reader = any($2)) order by reader, rank, position
       ) first order by rank, position limit $1`,
      [free, [...this.sending.keys()], [...this.justSent]],
    );
    for (const { notice: id, reader } of rows) {
      const sent = this.send(id)
        .catch((error: unknown) => this.log.error({ err: error, notice: id }, 'a notice could not be sent and will be tried again'))
        .finally(() => {
          this.sending.delete(reader);
          this.leaveAlone(id);
          this.resting.nudge();
        });
      this.sending.set(reader, sent);
    }
  }

  /** The view is a moment behind what was just recorded. */
  private leaveAlone(id: string): void {
    this.justSent.add(id);
    setTimeout(() => this.justSent.delete(id), moment).unref();
  }

  private async send(id: string): Promise<void> {
    const standing = await this.standingOf(id);
    if (!standing) return;
    const hindrance = await this.hindranceTo(standing);
    if (hindrance) return void (await this.say(id, standing, { type: 'GiveUp', why: hindrance }));
    const attempt = standing.history.tries.length + 1;
    if (!(await this.say(id, standing, { type: 'StartSending', attempt }))) return;
    const written = await this.write(standing).catch(() => 'not-now' as const);
    if (written === 'not-now') return void (await this.say(id, standing, { type: 'RecordFailure', attempt, why: 'could-not-be-written' }));
    if (!written) return void (await this.say(id, standing, { type: 'GiveUp', why: 'content-unreadable' }));
    const name = this.settings.of(standing.tenant).name[standing.history.language as 'en' | 'zh-CN'];
    const mailed = await this.mailer.send({ ...written, from: name, id: mailId(id, this.domain) });
    await this.noteMailed(id, standing, attempt, mailed);
  }

  private async noteMailed(id: string, standing: Standing, attempt: number, mailed: Mailed): Promise<void> {
    if (mailed.then === 'sent') await this.say(id, standing, { type: 'RecordSent', attempt, sentAt: this.store.now(standing.tenant) });
    else if (mailed.then === 'rejected') await this.say(id, standing, { type: 'GiveUp', why: 'rejected' });
    else await this.say(id, standing, { type: 'RecordFailure', attempt, why: mailed.why });
  }

  private async standingOf(id: string): Promise<Standing | undefined> {
    const records = await this.store.readStream(`notice-${id}`);
    const history = records.reduce<NoticeHistory | undefined>(noticeHistory, undefined);
    const [planned] = records;
    return history && planned && { records, history, tenant: planned.tenant, corr: planned.corr };
  }

  /** Between planning and sending a code may have run out, and a route may have lost our trust: of that very thing an old route is told. */
  private async hindranceTo({ history: { expires, route, account, template }, tenant }: Standing): Promise<WhyGivenUp | undefined> {
    if (expires && expires <= this.store.now(tenant)) return 'code-expired';
    if (!route || !account) return 'no-route';
    if (isAlert(template.id)) return undefined;
    const past = await this.store.readStream(`recipient-${tenant}-${account}`);
    const known = past.map((record) => eventOf<RecipientEvent>(record)).reduce(recipient.evolve, recipient.initial);
    return isTrusted(known, route) ? undefined : 'route-distrusted';
  }

  /** The address and the words, opened for this one try. Undefined when a key is gone: what cannot be read cannot be sent. */
  private async write({ records, history, tenant, corr }: Standing): Promise<(Letter & { readonly to: string }) | undefined> {
    const refs: readonly SealedRef[] = records[0]?.sealed ?? [];
    const opened = await this.privacy.open(refs, { by: this.by, purpose: 'informing-customer', corr, tenant });
    if (opened.size < refs.length) return undefined;
    const { address, ...texts } = Object.assign({}, ...opened.values()) as Readonly<Record<string, unknown>>;
    if (typeof address !== 'string') return undefined;
    return { ...write(history, texts, this.settings.of(tenant), templates()), to: address };
  }

  /** True when it made a difference: the one who is told nothing new leaves the notice to the other. */
  private async say(id: string, { tenant, corr, history }: Standing, order: OrderedNotice): Promise<boolean> {
    const stream = `notice-${id}`;
    const command = { ...order, by: this.by, at: this.store.now(tenant) } as NoticeCommand;
    const outcome = await handling(this.store)<string>({
      tenant,
      corr,
      cause: history.heard.split('.')[0] ?? id,
      parts: [part(notice, stream, command)],
    });
    return outcome.kind === 'recorded' && outcome.events > 0;
  }
}

type Without<Command> = Command extends unknown ? Omit<Command, 'by' | 'at'> : never;
type OrderedNotice = Without<Extract<NoticeCommand, { type: 'StartSending' | 'RecordSent' | 'RecordFailure' | 'GiveUp' }>>;
