import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditedAccess, AuditedOpenings } from '@recourse/contracts';
import { serviceUnderTest, type Answered, type ServiceUnderTest, type Somebody } from '@recourse/edge/testing';
import { v7 as uuid } from 'uuid';
import { AuditModule } from '../audit.module.js';
import { NotarisingWorker } from '../origin/notarising.worker.js';
import { TestLog, testClock } from '../telling.testing.js';

let service: ServiceUnderTest;
let worker: NotarisingWorker;
let auditor: Somebody;
let officer: Somebody;
const log = new TestLog('case-tracking', testClock('2026-11-18T02:00:00.000Z'));

type Told = {
  readonly actor: string;
  readonly role?: string;
  readonly corr?: string;
  readonly tenant?: string;
  readonly position?: number;
};

/** Somebody opens what is sealed in a matter, and the notary hears of it. */
const opens = async ({ actor, role = 'agent', corr = uuid(), tenant = 'quanpay', position }: Told): Promise<void> => {
  const groups = [
    { id: uuid(), group: 'narrative' },
    { id: uuid(), group: 'complainant' },
    { id: uuid(), group: 'narrative' },
  ];
  const event = {
    type: 'GroupsOpened',
    purpose: 'handling-complaint',
    client: 'case-tracking',
    groups,
    ...(position !== undefined && { position }),
  };
  await worker.hear(log.tell(`opening-${corr}`, event, { corr, tenant, by: { actor, role, client: 'console' } }));
};
const openings = async (who: Somebody, query = '?from=2026-11-18&to=2026-11-18') =>
  ((await who.get(`/v1/audit/openings${query}`)).body as AuditedOpenings).items;
const no = ({ status, body }: Answered) => [status, (body as { code?: string }).code];

const matter = uuid();
beforeAll(async () => {
  service = await serviceUnderTest(AuditModule, { service: 'audit' });
  worker = service.app.get(NotarisingWorker);
  auditor = service.as({ sub: 'w-audit', role: 'auditor', tenant: 'quanpay' });
  officer = service.as({ sub: 'w-privacy', role: 'privacy-officer', tenant: 'quanpay' });
  await opens({ actor: 'w-jing', corr: matter, position: 7 });
  await opens({ actor: 'w-jing', corr: matter, position: 9 });
  await opens({ actor: 'service:case-tracking', role: 'service', corr: matter });
  await opens({ actor: 'cus-77', role: 'customer', corr: matter });
  await opens({ actor: 'w-wei' });
  await opens({ actor: 'w-lin' });
  await opens({ actor: 'w-lin' });
  for (let n = 0; n < 12; n++) await opens({ actor: 'w-curious' });
  for (let n = 0; n < 30; n++) await opens({ actor: 'w-elsewhere', tenant: 'tidepay' });
}, 60_000);
afterAll(() => service.close());

describe('Who saw what of a matter', () => {
  it('is told to the auditor and to the privacy officer: who, which groups, why, as of which position', async () => {
    const { body } = await auditor.get(`/v1/audit/cases/${matter}/access`);
    expect(body).toEqual((await officer.get(`/v1/audit/cases/${matter}/access`)).body);
    const { items } = body as AuditedAccess;
    expect(items.map(({ actor, readAt }) => [actor, readAt])).toEqual([
      ['w-jing', 'case-tracking:7'],
      ['w-jing', 'case-tracking:9'],
      ['service:case-tracking', null],
      ['cus-77', null],
    ]);
    expect(items[0]).toEqual({
      ...{ position: 'case-tracking:0', recordedAt: '2026-11-18T02:00:02.000Z', readAt: 'case-tracking:7' },
      ...{ actor: 'w-jing', role: 'agent', client: 'console', purpose: 'handling-complaint', groups: ['complainant', 'narrative'] },
    });
  });

  it('is nobody else’s to read, and of another platform’s matter there is nothing', async () => {
    for (const role of ['agent', 'supervisor', 'operator', 'customer', 'platform'] as const) {
      const other = service.as({ role, tenant: 'quanpay' });
      expect(no(await other.get(`/v1/audit/cases/${matter}/access`))).toEqual([403, 'role-not-allowed']);
      expect(no(await other.get('/v1/audit/openings'))).toEqual([403, 'role-not-allowed']);
    }
    const elsewhere = service.as({ role: 'privacy-officer', tenant: 'tidepay' });
    expect(no(await elsewhere.get(`/v1/audit/cases/${matter}/access`))).toEqual([404, 'not-found']);
    expect(no(await officer.get(`/v1/audit/cases/${uuid()}/access`))).toEqual([404, 'not-found']);
  });
});

describe('Who looks how much', () => {
  it('is compared with the median of the role: a curious agent stands out', async () => {
    const shown = (await openings(auditor)).map(({ actor, openings: all, matters, median, standsOut }) => [
      actor,
      all,
      matters,
      median,
      standsOut,
    ]);
    expect(shown).toEqual([
      ['w-curious', 12, 12, 1, true],
      ['w-jing', 2, 1, 1, false],
      ['w-lin', 2, 2, 1, false],
      ['w-wei', 1, 1, 1, false],
    ]);
    expect(await openings(officer)).toEqual(await openings(auditor));
  });

  it('is asked of one person, and of some days', async () => {
    expect((await openings(auditor, '?actor=w-lin&from=2026-11-01&to=2026-11-30')).map(({ actor, day }) => [actor, day])).toEqual([
      ['w-lin', '2026-11-18'],
    ]);
    expect(await openings(auditor, '?from=2026-11-19&to=2026-11-30')).toEqual([]);
    for (const query of ['?from=2026-11-20&to=2026-11-19', '?from=2025-11-19&to=2026-11-20', '?from=yesterday'])
      expect(no(await auditor.get(`/v1/audit/openings${query}`))).toEqual([400, 'request-invalid']);
  });

  it('shows nothing beyond a gap, and all of it when the gap is closed', async () => {
    const corr = uuid();
    const event = { type: 'GroupsOpened', purpose: 'audit', client: 'case-tracking', groups: [] };
    const told = ['a', 'b'].map((n) =>
      log.tell(`opening-${n}`, event, { corr, by: { actor: 'w-later', role: 'auditor', client: 'console' } }),
    );
    await worker.hear(told[1]!);
    expect((await openings(auditor)).some(({ actor }) => actor === 'w-later')).toBe(false);
    await worker.hear(told[0]!);
    await worker.hear(told[1]!);
    expect((await openings(auditor)).find(({ actor }) => actor === 'w-later')).toMatchObject({ openings: 2, matters: 1 });
  });
});
