import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  referenceFrom,
  type AuditedDifference,
  type AuditedLogs,
  type AuditedState,
  type AuditedStep,
  type AuditedTimeline,
} from '@recourse/contracts';
import { serviceUnderTest, type Somebody } from '@recourse/edge/testing';
import type { NewEvent } from '@recourse/event-store';
import type { HeardMessage } from '@recourse/relay';
import pg from 'pg';
import { AuditModule } from './audit.module.js';
import { NotarisingWorker, OriginStopped } from './origin/notarising.worker.js';
import { TestLog, testClock } from './telling.testing.js';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
let worker: NotarisingWorker;
let auditor: Somebody;
beforeAll(async () => {
  service = await serviceUnderTest(AuditModule, { service: 'audit' });
  worker = service.app.get(NotarisingWorker);
  auditor = service.as({ role: 'auditor', tenant: 'quanpay' });
});
afterAll(() => service.close());

const hear = async (...messages: readonly HeardMessage[]) => {
  for (const message of messages) await worker.hear(message);
};
const head = async (origin: string) =>
  ((await auditor.get('/v1/audit/logs')).body as AuditedLogs).items.find((log) => log.origin === origin);
const noticed = async (origin: string) => (await service.store.readStream(`origin-${origin}`)).map(({ type, data }) => ({ type, ...data }));
const promise = (n: number): NewEvent & Record<string, unknown> => ({
  type: 'UpdateAwaited',
  promise: `p${n}`,
  due: `2026-11-${20 + n}T00:00:00.000Z`,
});

describe('The notary’s copy of a log', () => {
  it('takes a record once, however often it is told', async () => {
    const log = new TestLog('once', testClock());
    const [first, second] = [log.tell('correspondence-a', promise(1)), log.tell('correspondence-a', promise(2))];
    await hear(first, second, first, second);
    expect(await head('once')).toMatchObject({ position: 1, farthest: 1, gaps: [], stopped: false });
    expect(await noticed('once')).toEqual([]);
  });

  it('notices a gap, waits, shows nothing beyond it, and goes on when the missing ones come', async () => {
    const log = new TestLog('gapped', testClock());
    const told = [1, 2, 3, 4, 5].map((n) => log.tell('correspondence-b', promise(n), { corr: '0193a000-0000-7000-8000-00000000000b' }));
    await hear(told[0]!, told[3]!, told[4]!);
    expect(await head('gapped')).toMatchObject({ position: 0, farthest: 4, gaps: [{ from: 1, to: 2 }] });
    expect(await noticed('gapped')).toEqual([{ type: 'GapSeen', origin: 'gapped', from: 1, to: 2 }]);
    const timeline = () => auditor.get('/v1/audit/cases/0193a000-0000-7000-8000-00000000000b/events');
    expect(((await timeline()).body as AuditedTimeline).items).toHaveLength(1);
    await hear(told[2]!);
    expect(await noticed('gapped')).toHaveLength(1);
    await hear(told[1]!);
    expect(await head('gapped')).toMatchObject({ position: 4, gaps: [] });
    expect((await noticed('gapped')).at(-1)).toEqual({ type: 'GapClosed', origin: 'gapped', from: 1, to: 2 });
    expect(((await timeline()).body as AuditedTimeline).items.map(({ position }) => position)).toEqual(
      [0, 1, 2, 3, 4].map((n) => `gapped:${n}`),
    );
  });

  it('stops an origin of which two stories are told, says so once, and takes nothing more of it', async () => {
    const clock = testClock();
    const log = new TestLog('forked', clock);
    const liar = new TestLog('forked', clock);
    await hear(log.tell('correspondence-c', promise(1)));
    const other = liar.tell('correspondence-c', promise(9));
    await expect(worker.hear(other)).rejects.toThrow(OriginStopped);
    await expect(worker.hear(log.tell('correspondence-c', promise(2)))).rejects.toThrow(OriginStopped);
    expect(await noticed('forked')).toMatchObject([{ type: 'ForkSeen', origin: 'forked', position: 0 }]);
    expect(await head('forked')).toMatchObject({ position: 0, stopped: true });
  });

  it('stops an origin whose records do not follow one another', async () => {
    const clock = testClock();
    const log = new TestLog('broken', clock);
    await hear(log.tell('correspondence-d', promise(1)));
    const elsewhere = new TestLog('broken', clock);
    elsewhere.tell('correspondence-d', promise(7));
    await expect(worker.hear(elsewhere.tell('correspondence-d', promise(8)))).rejects.toThrow(OriginStopped);
    expect(await noticed('broken')).toEqual([
      { type: 'ChainBroken', origin: 'broken', position: 1, stream: 'correspondence-d', version: 1 },
    ]);
  });

  it('does not let one stopped log stop another', async () => {
    const log = new TestLog('healthy', testClock());
    await hear(log.tell('correspondence-e', promise(1)));
    expect(await head('healthy')).toMatchObject({ position: 0, stopped: false });
  });
});

describe('Over the carrier', () => {
  it('the notary hears its own log from its first record on, as it hears the others', async () => {
    for (const over = Date.now() + 20_000; ; await pause(100)) {
      const own = await head('audit');
      const last = (await service.store.readLog(-1, 10_000)).at(-1)!;
      if (own && own.position >= last.position) {
        expect(own).toMatchObject({ gaps: [], stopped: false, leaf: expect.any(String) });
        expect((await service.store.readLog(own.position - 1, 1))[0]!.leaf).toBe(own.leaf);
        return;
      }
      if (Date.now() > over) throw new Error(`only ${own?.position} of ${last.position} were heard`);
    }
  });
});

describe('A matter across the services', () => {
  const matter = '0193a000-0000-7000-8000-000000000001';
  const reference = referenceFrom('R', new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));
  const at = (path: string) => `/v1/audit/cases/${matter}${path}`;
  const agent = { by: { actor: 'agent-0417', role: 'agent', client: 'console' } };
  const clock = testClock('2026-11-18T03:00:00.000Z');
  const intake = new TestLog('intake', clock);
  const notification = new TestLog('notification', clock);
  const sealed = [{ id: '0193a000-0000-7000-8000-0000000000aa', group: 'route-address', key: 'k1', h: 'h1' }];

  beforeAll(async () => {
    await hear(
      intake.tell(`reference-${reference}`, { type: 'ReferenceGiven' }, { corr: matter }),
      notification.tell(
        `correspondence-${matter}`,
        { type: 'CorrespondenceOpened', reference, language: 'zh-CN', account: 'W-1' },
        { corr: matter },
      ),
      notification.tell(
        'recipient-quanpay-W-1',
        { type: 'RouteLearned', route: 'r1', kind: 'email', sealed },
        { corr: 'account-quanpay-W-1' },
      ),
      notification.tell('recipient-quanpay-W-2', { type: 'RouteLearned', route: 'r9', kind: 'email' }, { corr: 'account-quanpay-W-2' }),
      notification.tell(
        `correspondence-${matter}`,
        { type: 'UpdateAwaited', promise: 'p1', due: '2026-11-19T01:00:00.000Z' },
        { corr: matter, ...agent },
      ),
      notification.tell(`correspondence-${matter}`, { type: 'UpdateSettled', promise: 'p1', how: 'kept' }, { corr: matter }),
      notification.tell('correspondence-foreign', { type: 'CategoryNoted', category: 'scam' }, { corr: matter, tenant: 'tidepay' }),
    );
  });

  it('is found by its reference, as it was read out', async () => {
    const readOut = reference.toLowerCase().replaceAll('-', ' ');
    expect((await auditor.get(`/v1/audit/cases?reference=${encodeURIComponent(readOut)}`)).body).toEqual({
      items: [{ case: matter, reference }],
    });
    const swapped = `${reference[0]}${reference[2]}${reference[1]}${reference.slice(3)}`;
    expect((await auditor.get(`/v1/audit/cases?reference=${swapped}`)).body).toMatchObject({
      errors: [{ parameter: 'reference', code: 'reference-malformed' }],
    });
    const unknown = referenceFrom('R', new Uint8Array([9, 9, 9, 9, 9, 9, 9, 9]));
    expect((await auditor.get(`/v1/audit/cases?reference=${unknown}`)).status).toBe(404);
  });
  it('is a timeline in the order things were recorded, with who did what and what it changed', async () => {
    const { items } = (await auditor.get(at('/events'))).body as AuditedTimeline;
    expect(items.map(({ n, type, position }) => `${n} ${position} ${type}`)).toEqual([
      '1 intake:0 ReferenceGiven',
      '2 notification:0 CorrespondenceOpened',
      '3 notification:1 RouteLearned',
      '4 notification:3 UpdateAwaited',
      '5 notification:4 UpdateSettled',
    ]);
    expect(items[3]).toMatchObject({
      by: agent.by,
      changes: [{ path: '/updates/0', to: { promise: 'p1', due: '2026-11-19T01:00:00.000Z' } }],
    });
    expect(items[4]).toMatchObject({ changes: [{ path: '/updates/0/settled', to: 'kept' }] });
  });
  it('shows what is sealed by its name only', async () => {
    const { items } = (await auditor.get(at('/events'))).body as AuditedTimeline;
    expect(items[2]).toMatchObject({ sealed: ['route-address'] });
    const { text } = await auditor.get(at(''));
    expect(text).toContain('"sealed":"route-address"');
    expect(text).not.toContain('"key":"k1"');
  });
  it('can be seen as it was known at a position, at an instant, and now', async () => {
    const updates = async (query: string) =>
      (((await auditor.get(at(query))).body as AuditedState).kinds['correspondence']![0]!.state as { updates: unknown[] }).updates;
    expect(await updates('?position=notification:0')).toEqual([]);
    expect(await updates('?position=notification:3')).toEqual([{ promise: 'p1', due: '2026-11-19T01:00:00.000Z' }]);
    const { items } = (await auditor.get(at('/events'))).body as AuditedTimeline;
    expect(await updates(`?at=${items[3]!.recordedAt}`)).toHaveLength(1);
    expect(await updates('')).toEqual([{ promise: 'p1', due: '2026-11-19T01:00:00.000Z', settled: 'kept' }]);
  });
  it('answers a position the same, byte for byte, whenever it is asked', async () => {
    const before = (await auditor.get(at('?position=notification:3'))).text;
    await hear(notification.tell(`correspondence-${matter}`, { type: 'CategoryNoted', category: 'scam' }, { corr: matter }));
    expect((await auditor.get(at('?position=notification:3'))).text).toBe(before);
  });
  it('shows one step: before, event, after', async () => {
    const { before, step, after } = (await auditor.get(at('/steps/5'))).body as AuditedStep;
    expect(step.type).toBe('UpdateSettled');
    expect([before, after]).toMatchObject([{ updates: [{ promise: 'p1' }] }, { updates: [{ promise: 'p1', settled: 'kept' }] }]);
    expect((before as { updates: object[] }).updates[0]).not.toHaveProperty('settled');
  });
  it('shows what changed between two positions', async () => {
    const { changes } = (await auditor.get(at('/diff?from=notification:0&to=notification:4'))).body as AuditedDifference;
    expect(changes).toContainEqual({
      path: `/correspondence-${matter}/updates/0`,
      to: { promise: 'p1', due: '2026-11-19T01:00:00.000Z', settled: 'kept' },
    });
  });
  it('does not exist for an auditor of another platform, nor for anybody else', async () => {
    expect((await service.as({ role: 'auditor', tenant: 'harbour' }).get(at(''))).status).toBe(404);
    for (const role of ['agent', 'supervisor', 'platform', 'customer', 'operator'] as const)
      expect((await service.as({ role, tenant: 'quanpay' }).get(at(''))).status).toBe(403);
    expect((await service.as({ role: 'auditor', tenant: 'tidepay' }).get(at('/events'))).body).toMatchObject({
      items: [{ type: 'CategoryNoted' }],
    });
  });
  it.each([
    ['?position=notification:99999', 404, 'position-not-reached'],
    ['?position=elsewhere:1', 400, 'request-invalid'],
    ['?position=812', 400, 'request-invalid'],
    ['?position=notification:1&at=2026-11-18T03:00:00Z', 400, 'position-or-instant'],
    ['?at=yesterday', 400, 'request-invalid'],
    ['/steps/0', 400, 'request-invalid'],
    ['/steps/999', 404, 'not-found'],
  ])('%s answers %d %s', async (path, status, code) => {
    const answer = await auditor.get(at(path));
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
  });
});

describe('What a destroyed key sealed', () => {
  const owner = (matter: string) => ({ tenant: 'quanpay', scope: `matter:${matter}`, subject: 'c-20881' });
  const copies = async (ids: readonly string[]) =>
    (await service.store.pool.query('select from heard_sealed where id = any($1::uuid[])', [ids])).rowCount;

  it('goes from the notary’s copies too, is not taken late, and shows as a gap in every reading, while records and leaves stay', async () => {
    const matter = '0193a000-0000-7000-8000-0000000000e1';
    const log = new TestLog('erasing', testClock());
    const sealed = await Promise.all(['one', 'two', 'late'].map((text) => service.privacy.seal(owner(matter), 'narrative', { text })));
    const telling = sealed.map(({ ref, blob }) => {
      const message = log.tell('correspondence-e', { ...promise(1), sealed: [ref] }, { corr: matter });
      const entries = [{ id: ref.id, h: ref.h, blob: Buffer.from(blob.blob).toString('base64url') }];
      return { ...message, value: JSON.stringify({ ...(JSON.parse(message.value) as object), sealed: entries }) };
    });
    await hear(telling[0]!, telling[1]!);
    const ids = sealed.map(({ ref }) => ref.id);
    expect(await copies(ids)).toBe(2);
    const timeline = async () => ((await auditor.get(`/v1/audit/cases/${matter}/events`)).body as AuditedTimeline).items;
    const before = await timeline();
    expect(before[0]!.gaps).toBeUndefined();

    const keyring = new pg.Client({ connectionString: service.database.keyringOwnerUrl });
    await keyring.connect();
    await keyring.query('select keyring.destroy($1, $2, $3)', ['quanpay', sealed[0]!.ref.key, 'order-e']);
    await keyring.end();
    for (let tries = 0; (await copies(ids)) !== 0 && tries < 200; tries++) await pause(50);
    expect(await copies(ids)).toBe(0);
    await hear(telling[2]!);
    expect(await copies(ids)).toBe(0);

    const gap = { erased: { at: expect.stringMatching(/Z$/), order: 'order-e' } };
    const after = await timeline();
    expect(after.map(({ gaps }) => gaps)).toEqual([1, 2, 3].map(() => [{ group: 'narrative', ...gap }]));
    expect(after.slice(0, 2).map(({ leaf, data }) => ({ leaf, data }))).toEqual(before.map(({ leaf, data }) => ({ leaf, data })));
    const then = encodeURIComponent(before[1]!.recordedAt);
    const asOf = ((await auditor.get(`/v1/audit/cases/${matter}/events?at=${then}`)).body as AuditedTimeline).items;
    expect(asOf.at(-1)!.gaps).toEqual([{ group: 'narrative', ...gap }]);
    expect(await head('erasing')).toMatchObject({ position: 2, gaps: [], stopped: false });
  });
});
