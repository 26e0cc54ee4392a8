import { Inject, Injectable } from '@nestjs/common';
import { isRefusal, type Refusal } from '@recourse/decider';
import {
  foldStream,
  type Answer,
  type EventStore,
  type Folded,
  type Order,
  type Outcome,
  type RequestKey,
  type SealedRef,
  type Until,
  type Views,
} from '@recourse/event-store';
import { byOf, type Caller } from '@recourse/identity';
import type { Opening, Privacy } from '@recourse/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ObjectLiteral } from 'typeorm';
import { askedOf, purposeOf } from './asking.js';
import { EVENT_STORE, HOUSE, PRIVACY, VIEWS, type HouseOptions } from './house.options.js';
import { fingerprintOf, idempotencyKey } from './keying.js';
import { pageOf, whereOf, type ListScope } from './listing.js';
import { keyOf, rowsFrom, type Listing } from './listing.pg.js';
import { alreadyHas, etagOf, seenVersion } from './matching.js';
import { Problem, refusedBy } from './refusing.js';
import { Secrets } from './secrets.js';
import type { Drafted, Past, Showing, Standing, Task } from './tasks.js';
import { sealedRefsIn, unseal } from './unsealing.js';

const drawings = 5;

const past = <H>(folded: Folded<H> | undefined): Past<H> | undefined => folded && { ...folded, history: folded.state };

/** From HTTP to an answer and back: the one way through which commands, representations and lists pass. */
@Injectable()
export class Desk {
  constructor(
    @Inject(HOUSE) private readonly house: HouseOptions,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(PRIVACY) private readonly privacy: Privacy,
    @Inject(VIEWS) private readonly views: Views,
    private readonly secrets: Secrets,
  ) {}

  /** One command: key, replay, existence and tenant, If-Match, sealing, deciding, and a problem or the representation. */
  async carryOut<H>(request: FastifyRequest, reply: FastifyReply, task: Task<H>): Promise<void> {
    const { caller } = request;
    // A purpose that is not allowed is refused before anything happens, not after.
    purposeOf(request.query, caller.role);
    const key = this.keyOf(request, task);
    // Before If-Match: a retry whose version is stale by now still hears its first answer.
    const known = await this.store.answered(key.key);
    if (known) {
      if (known.fingerprint !== key.fingerprint) throw new Problem(422, 'idempotency-key-reused');
      await this.answerAgain(request, reply, task, known.answer);
      return;
    }
    await this.mustReach(caller, task);
    const seen = task.judged && { version: seenVersion(request.headers['if-match']), judged: task.judged };
    const outcome = await this.decide(caller, task, key, seen);
    if (outcome.kind === 'replayed') await this.answerAgain(request, reply, task, outcome.answer);
    else if (outcome.kind === 'recorded')
      await this.answer(request, reply, task, {
        status: task.status ?? 201,
        stream: task.stream,
        ...(task.location !== undefined && { location: task.location }),
        version: outcome.version,
      });
    else throw problemOf(outcome, this.house);
  }

  /** A GET of one stream at its head, or as of `?position=` or `?at=`. */
  async show<H>(request: FastifyRequest, reply: FastifyReply, showing: Showing<H>): Promise<void> {
    const { caller } = request;
    const { until, waitMs } = askedOf(request.query, this.house.service, caller.role);
    const { stream, otherwise, mayTouch, tenant = caller.tenant } = showing;
    const past =
      showing.mayWait && waitMs > 0
        ? await this.whenTheirs<H>({ tenant }, stream, waitMs, reply, (history) => mayTouch?.(history, caller) !== false)
        : await this.historyFor<H>({ tenant }, stream, until);
    // What is there and not this caller's is waited for like what is not there, and answered to the letter as if it were not.
    const shown = past ? past.history : otherwise;
    if (shown === undefined || mayTouch?.(shown, caller) === false)
      throw new Problem(404, 'not-found', showing.mayWait ? { headers: { 'retry-after': '1' } } : {});
    const nothing = { stream, version: -1, leaf: '', position: -1, tenant, corr: stream };
    await this.render(request, reply, showing.represent, past ?? { ...nothing, history: otherwise as H });
  }

  /** A page of a view: `{ items }` with Link next and prev. */
  async list<Row extends ObjectLiteral>(request: FastifyRequest, reply: FastifyReply, listing: Listing<Row>): Promise<void> {
    const { tenant } = request.caller;
    const scope: ListScope = { secret: this.secrets.cursors, tenant, url: request.url };
    const where = whereOf(scope);
    const rows = await this.views.read(tenant, (manager) => rowsFrom(manager, listing, where));
    const { items, link } = pageOf(rows, where, keyOf(listing.order), scope);
    const { show = (row: Row) => row } = listing;
    if (link) void reply.header('link', link);
    await reply.header('cache-control', 'no-store').send({ items: items.map((row) => unseal(show(row))) });
  }

  /** The history of a stream, whoever asks: undefined when it has not begun. */
  async history<H>(stream: string, until?: Until): Promise<Past<H> | undefined> {
    return past(await foldStream<H>(this.store.readPages(stream, until), this.house.histories, stream));
  }

  /**
   * Opens sealed groups for the purpose the request states (`?purpose=`): keyed by the id of the reference; destroyed ones are left out. `position` is where
   * the log stood for what is shown.
   */
  async open(
    request: FastifyRequest,
    refs: readonly SealedRef[],
    { corr, position, also }: Pick<Opening, 'corr' | 'also'> & { readonly position: number },
  ): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
    const { caller } = request;
    const purpose = purposeOf(request.query, caller.role);
    if (!purpose) throw new Problem(400, 'request-invalid', { errors: [{ parameter: 'purpose', code: 'field-missing' }] });
    return refs.length === 0
      ? new Map()
      : this.privacy.open(refs, {
          ...{ by: byOf(caller), purpose, corr, tenant: caller.tenant },
          ...(position >= 0 && { position }),
          ...(also && { also }),
        });
  }

  /** The same as the web role sees it: what belongs to another tenant is not there. */
  private async historyFor<H>({ tenant }: Pick<Caller, 'tenant'>, stream: string, until?: Until): Promise<Past<H> | undefined> {
    if (until) return past(await foldStream<H>(this.views.readPages(tenant, stream, until), this.house.histories, stream));
    return past(await this.views.stand<H>(tenant, stream));
  }

  private keyOf(request: FastifyRequest, task: { readonly asked?: unknown }): RequestKey {
    const { tenant, sub } = request.caller;
    const key = idempotencyKey(request.headers['idempotency-key']);
    const fingerprint = fingerprintOf(this.secrets.fingerprints, request.method, request.url, task.asked ?? request.body);
    return { key: `${tenant}/${sub}/${key}`, fingerprint, kind: 'http' };
  }

  /** What is not there, of another tenant, or not this caller's to touch looks the same: 404. */
  private async mustReach<H>(caller: Caller, { stream, exists = true, mayTouch, under, tenant = caller.tenant }: Task<H>): Promise<void> {
    const past = await this.historyFor<H>({ tenant }, stream);
    if (!past && exists) throw new Problem(404, 'not-found');
    if (past && mayTouch?.(past.history, caller) === false) throw new Problem(404, 'not-found');
    if (under) {
      const { stream: parent, mayTouch: mayTouchParent } = under;
      await this.mustReach(caller, {
        stream: parent,
        ...(mayTouchParent && { mayTouch: mayTouchParent as (history: unknown, by: Caller) => boolean }),
      } as Task<unknown>);
    }
  }

  private async decide<H>(caller: Caller, task: Task<H>, key: RequestKey, seen: Order['seen']): Promise<Outcome> {
    const { tenant = caller.tenant } = task;
    const groups = await Promise.all((task.seal ?? []).map(({ owner, group, value }) => this.privacy.seal(owner, group, value)));
    const { location } = task;
    for (let drawing = 1; ; drawing++) {
      const drafted = await task.order({
        by: byOf(caller, task.for),
        at: this.store.now(tenant),
        tenant,
        sealed: groups.map(({ ref }) => ref),
      });
      if (saysNo(drafted)) return { kind: 'refused', refusal: drafted };
      const outcome = await task.send({
        tenant,
        corr: task.corr,
        ...drafted,
        blobs: [...groups.map(({ blob }) => blob), ...(drafted.blobs ?? [])],
        key,
        answer: { status: task.status ?? 201, ...(location !== undefined && { location }) },
        ...(seen && { seen }),
      });
      if (outcome.kind !== 'claimed') return outcome;
      const refusal = task.claimed?.(outcome.stream);
      if (refusal) return { kind: 'refused', refusal };
      if (drawing === drawings) throw new Problem(409, 'others-were-faster', { headers: { 'retry-after': '1' } });
    }
  }

  private async answerAgain<H>(request: FastifyRequest, reply: FastifyReply, task: Task<H>, answer: Answer | undefined): Promise<void> {
    void reply.header('idempotent-replayed', 'true');
    await this.answer(
      request,
      reply,
      task,
      answer ?? { status: task.status ?? 201, stream: task.stream, version: Number.MAX_SAFE_INTEGER },
    );
  }

  private async answer<H>(
    request: FastifyRequest,
    reply: FastifyReply,
    { represent, tenant = request.caller.tenant }: Task<H>,
    { status, location, stream, version }: { status: number; location?: string; stream: string; version: number },
  ): Promise<void> {
    const past = await this.historyFor<H>({ tenant }, stream, { version });
    if (!past) throw new Error('what was just recorded cannot be read');
    if (location !== undefined) void reply.header('location', location);
    await this.render(request, reply.status(status), represent, past, location);
  }

  /** The one place where a history becomes an answer, and where personal data may be opened. */
  private async render<H>(
    request: FastifyRequest,
    reply: FastifyReply,
    represent: Task<H>['represent'],
    past: Past<H>,
    location?: string,
  ): Promise<void> {
    const { stream, version, leaf, position } = past;
    const standing: Standing = { stream, version, leaf, position, ...(location !== undefined && { location }) };
    void reply.headers({ etag: etagOf(version), 'cache-control': 'no-store' });
    if (version >= 0) void reply.headers({ 'log-leaf': leaf, 'log-position': `${this.house.service}:${position}` });
    if (request.method === 'GET' && alreadyHas(request.headers['if-none-match'], version)) {
      await reply.status(304).send();
      return;
    }
    const shown = represent ? await represent(past.history, standing) : past.history;
    if (!purposeOf(request.query, request.caller.role)) {
      await reply.send(unseal(shown));
      return;
    }
    const refs = sealedRefsIn(shown);
    const opened = await this.open(request, refs, past);
    const closed = refs.filter(({ id }) => !opened.has(id)).map(({ key }) => key);
    await reply.send(unseal(shown, opened, await this.privacy.standings(past.tenant, closed)));
  }

  private async whenTheirs<H>(
    whose: Pick<Caller, 'tenant'>,
    stream: string,
    waitMs: number,
    reply: FastifyReply,
    theirs: (history: H) => boolean,
  ): Promise<Past<H> | undefined> {
    const deadline = Date.now() + waitMs;
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    for (;;) {
      const head = await this.store.head();
      const past = await this.historyFor<H>(whose, stream);
      const left = deadline - Date.now();
      if ((past && theirs(past.history)) || left <= 0 || gone.signal.aborted) return past;
      await this.store.waitFor(head, left, gone.signal);
    }
  }
}

const saysNo = (drafted: Drafted | Refusal): drafted is Refusal => isRefusal(drafted as Refusal);

const problemOf = (outcome: Exclude<Outcome, { kind: 'recorded' | 'replayed' }>, house: HouseOptions): Problem => {
  switch (outcome.kind) {
    case 'refused':
      return refusedBy(outcome.refusal, house.refusals);
    case 'missing':
      return new Problem(404, 'not-found');
    case 'stale':
      return new Problem(412, 'version-is-stale', { headers: { etag: etagOf(outcome.version) } });
    case 'key-reused':
      return new Problem(422, 'idempotency-key-reused');
    case 'claimed':
      return new Problem(409, 'others-were-faster', { headers: { 'retry-after': '1' } });
  }
};
