import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditedAccess, ExportedThing, SubjectExport } from '@recourse/contracts';
import { serviceUnderTest, type Answered, type ServiceUnderTest, type Somebody } from '@recourse/edge/testing';
import type { NewEvent } from '@recourse/event-store';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { AuditModule } from '../audit.module.js';
import { subjectExportDays } from '../audit.variables.js';
import { NotarisingWorker } from '../origin/notarising.worker.js';
import { TestLog, testClock } from '../telling.testing.js';

const tenant = 'quanpay';
const [subject, another, representative] = ['cus-li', 'cus-wu', 'cus-chen'];
const clock = testClock('2026-11-18T02:00:00.000Z');
const logs = Object.fromEntries(
  ['intake', 'case-tracking', 'account-lock', 'notification', 'governance'].map((name) => [name, new TestLog(name, clock)]),
);
const [mine, erased, restricted, theirs, renamed] = [uuid(), uuid(), uuid(), uuid(), uuid()];

let service: ServiceUnderTest;
let worker: NotarisingWorker;
let keyring: pg.Client;
let himself: Somebody;
let officer: Somebody;

type Event = NewEvent & Readonly<Record<string, unknown>>;
const tells = (log: string, stream: string, event: Event, about: Parameters<TestLog['tell']>[2] = {}) =>
  worker.hear(logs[log]!.tell(stream, event, { tenant, ...about }));

/** Somebody told us something: the record names the sealed group, and its bytes come with it. */
const tellsSealed = async (
  log: string,
  stream: string,
  event: Event,
  corr: string,
  text: string,
  group = 'narrative',
  whose = subject!,
) => {
  const scope = stream.startsWith('contact-') ? `account:${tenant}:W-1` : `matter:${corr}`;
  const { ref, blob } = await service.privacy.seal({ tenant, scope, subject: whose }, group, { text });
  await tells(log, stream, { ...event, sealed: [ref] }, { corr, blobs: [blob] });
  return ref.key;
};
const complains = async (matter: string, whose: string, text: string) =>
  tellsSealed(
    'intake',
    `complaint-${matter}`,
    { type: 'ComplaintDrafted', matter, channel: 'app', language: 'en', account: 'W-9', subject: whose },
    matter,
    text,
    'narrative',
    whose,
  );
const asks = async (answered: 'given' | 'unfounded' | undefined, at: string, kind = 'access') => {
  const request = uuid();
  const stream = `subject-request-${request}`;
  const received = { request, kind, subject, identity: 'proof-7', jurisdiction: 'eu', dueAt: '2026-12-18T00:00:00.000Z', source: 'law' };
  const told = new TestLog('governance', () => at);
  for (const event of [
    { type: 'SubjectRequestReceived', ...received },
    ...(answered ? [{ type: 'SubjectRequestAnswered', request, how: answered }] : []),
  ]) {
    const { value } = told.tell(stream, event, { tenant });
    const { record } = JSON.parse(value) as { record: string };
    await worker.hear(logs['governance']!.message(governed++, record, clock()));
  }
  return request;
};
let governed = 0;
const now = () => service.store.now(tenant);
const at = (request: string) => `/v1/audit/subject-requests/${request}/export`;
const no = ({ status, body }: Answered) => [status, (body as { code?: string }).code];
const fetched = async (who: Somebody, request: string) => {
  const { status, headers, text, body } = await who.get(at(request));
  expect(status).toBe(200);
  return { headers, text, body: body as SubjectExport };
};
const groupsOf = (things: readonly ExportedThing[] = []) => things.flatMap(({ events }) => events.flatMap(({ groups }) => groups));
const openings = async () =>
  (await service.store.readLog(-1, 10_000)).flatMap(({ type, by, corr, data }) =>
    type === 'GroupsOpened' ? [{ by, corr, ...(data as { purpose: string; groups: readonly { group: string }[] }) }] : [],
  );

beforeAll(async () => {
  service = await serviceUnderTest(AuditModule, { service: 'audit', variables: [subjectExportDays] });
  worker = service.app.get(NotarisingWorker);
  // As its owner: the notary's own login may neither restrict nor destroy.
  keyring = new pg.Client({ connectionString: service.database.keyringOwnerUrl });
  await keyring.connect();
  himself = service.as({ sub: subject!, role: 'customer', tenant });
  officer = service.as({ sub: 'w-privacy', role: 'privacy-officer', tenant });

  await complains(mine, subject!, 'My wallet was emptied.');
  await tellsSealed('intake', `evidence-${mine}`, evidence, mine, 'chat.png', 'evidence-name');
  await tellsSealed('case-tracking', `case-${mine}`, noted, mine, 'What somebody else told.', 'note', another);
  const gone = await complains(erased, subject!, 'Erased words.');
  const closed = await complains(restricted, subject!, 'Restricted words.');
  await complains(theirs, another!, 'A secret of somebody else.');
  await tells('intake', `complaint-${theirs}`, { type: 'RepresentativeNamed', subject: representative }, { corr: theirs });
  await complains(renamed, subject!, 'Typed under the wrong name.');
  await tells('intake', `complaint-${renamed}`, { type: 'ComplainantNamed', subject: another }, { corr: renamed });
  await tellsSealed('account-lock', `contact-${tenant}-W-1`, route(subject!), `contact-${tenant}-W-1`, 'li@example.com', 'route-address');
  await tells('account-lock', `contact-${tenant}-W-9`, route(another!), { corr: `contact-${tenant}-W-9` });
  await tells('notification', `preferences-${tenant}-${subject}`, { type: 'PreferencesSet', choices: { progress: 'off' } });
  await keyring.query('select keyring.destroy(tenant, id, $2) from keyring.data_key where id = $1', [gone, 'order-1']);
  await keyring.query('select keyring.restrict(tenant, id, $2, kek, wrapped) from keyring.data_key where id = $1', [closed, 'order-2']);
}, 60_000);
afterAll(async () => {
  await keyring?.end();
  await service?.close();
});

const evidence = {
  ...{ type: 'EvidenceReceived', kind: 'screenshot', mediaType: 'image/png', size: 3, h: 'aGFzaA', from: 'customer' },
} as const;
const noted = { type: 'NoteAdded' };
const route = (whose: string) => ({ type: 'RouteRegistered', route: uuid(), kind: 'email', language: 'en', subject: whose });

describe('What is held of a subject', () => {
  it('is his matters with what he told, his accounts and his wishes, and nothing of anybody else', async () => {
    const { headers, text, body } = await fetched(himself, await asks('given', now()));
    expect(headers['content-disposition']).toMatch(/^attachment; filename="subject-export-[0-9a-f-]+\.json"$/);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({ format: 'recourse.subject-export/1', subject });
    expect(body.matters.map(({ matter }) => matter).sort()).toEqual([mine, erased, restricted].sort());
    const things = body.matters.find(({ matter }) => matter === mine)?.things;
    expect(things?.map(({ kind }) => kind)).toEqual(['complaint', 'evidence', 'case']);
    expect(groupsOf(things).map(({ sealed, value }) => [sealed, value?.['text']])).toEqual([
      ['narrative', 'My wallet was emptied.'],
      ['evidence-name', 'chat.png'],
      ['note', undefined],
    ]);
    expect(things?.[1]).toMatchObject({ state: { h: 'aGFzaA' } });
    expect(body.accounts.map(({ account }) => account)).toEqual(['W-1']);
    expect(groupsOf(body.accounts[0]?.things)).toMatchObject([{ sealed: 'route-address', value: { text: 'li@example.com' } }]);
    expect(body.preferences[0]).toMatchObject({ kind: 'preferences', state: { choices: { progress: 'off' } } });
    expect(body.requests.length).toBeGreaterThan(0);
    for (const secret of ['A secret of somebody else.', 'What somebody else told.', 'Typed under the wrong name.', theirs])
      expect(text).not.toContain(secret);
  });

  it('shows since when and by which order something is erased or restricted, and not a word of it', async () => {
    const { text, body } = await fetched(himself, await asks('given', now()));
    const [gone, closed] = [erased, restricted].map((one) => groupsOf(body.matters.find(({ matter }) => matter === one)?.things));
    const since = { at: expect.any(String) };
    expect(gone).toEqual([{ sealed: 'narrative', h: expect.any(String), erased: { ...since, order: 'order-1' } }]);
    expect(closed).toEqual([{ sealed: 'narrative', h: expect.any(String), restricted: { ...since, order: 'order-2' } }]);
    for (const words of ['Erased words.', 'Restricted words.']) expect(text).not.toContain(words);
  });

  it('is recorded as opened, by whoever fetches it and for subject-access, matter by matter; only what was opened', async () => {
    const before = (await openings()).length;
    await fetched(officer, await asks('given', now()));
    const recorded = (await openings()).slice(before);
    expect(recorded.every(({ by, purpose }) => by.actor === 'w-privacy' && purpose === 'subject-access')).toBe(true);
    expect(recorded.map(({ corr, groups }) => [corr, groups.map(({ group }) => group)])).toEqual([
      [mine, ['narrative']],
      [mine, ['evidence-name']],
      [`contact-${tenant}-W-1`, ['route-address']],
    ]);
    // What he fetched himself was recorded by name too, and the auditor sees it beside every other opening of the matter once the notary has heard of it.
    const auditor = service.as({ role: 'auditor', tenant });
    for (const over = Date.now() + 20_000; Date.now() < over;) {
      const { items } = (await auditor.get(`/v1/audit/cases/${mine}/access`)).body as AuditedAccess;
      if (items.some(({ actor }) => actor === subject) && items.some(({ actor }) => actor === 'w-privacy')) return;
    }
    throw new Error('the notary never heard of it');
  });

  it('leaves only when every opening could be recorded', async () => {
    const request = await asks('given', now());
    const append = service.store.append;
    service.store.append = () => Promise.reject(new Error('the log is away'));
    try {
      const { status, text } = await himself.get(at(request));
      expect([status, text.includes('My wallet')]).toEqual([500, false]);
    } finally {
      service.store.append = append;
    }
  });
});

describe('An export', () => {
  it('is not there for another subject, another platform or an unknown request, and for no other role', async () => {
    const request = await asks('given', now());
    const before = (await openings()).length;
    const other = service.as({ sub: another!, role: 'customer', tenant });
    expect(no(await other.get(at(request)))).toEqual([404, 'not-found']);
    for (const role of ['customer', 'platform', 'privacy-officer'] as const)
      expect(no(await service.as({ sub: subject!, role, tenant: 'tidepay' }).get(at(request)))).toEqual([404, 'not-found']);
    expect(no(await officer.get(at(uuid())))).toEqual([404, 'not-found']);
    for (const role of ['agent', 'supervisor', 'auditor', 'operator'] as const)
      expect(no(await service.as({ role, tenant }).get(at(request)))).toEqual([403, 'role-not-allowed']);
    expect((await openings()).length).toBe(before);
    expect((await service.as({ role: 'platform', tenant }).get(at(request))).status).toBe(200);
  });

  it('is not there before an officer has answered that it is given, nor for an erasure', async () => {
    for (const request of [await asks(undefined, now()), await asks('unfounded', now()), await asks(undefined, now(), 'erasure')])
      expect(no(await himself.get(at(request)))).toEqual([409, 'subject-export-not-ready']);
  });

  it('can be fetched for fourteen days', async () => {
    const ago = (days: number) => new Date(Date.parse(now()) - days * 86_400_000 + 60_000).toISOString();
    await fetched(himself, await asks('given', ago(14)));
    expect(no(await himself.get(at(await asks('given', ago(15)))))).toEqual([410, 'subject-export-expired']);
  });

  it('of many records is whole, and more than one piece', async () => {
    const many = uuid();
    await complains(many, subject!, 'The first of many.');
    for (let n = 0; n < 120; n++) await tellsSealed('case-tracking', `case-${many}`, noted, many, `${n} ${'x'.repeat(400)}`, 'note');
    const { text, body } = await fetched(himself, await asks('given', now()));
    expect(text.length).toBeGreaterThan(65_536);
    const notes = groupsOf(body.matters.find(({ matter }) => matter === many)?.things.filter(({ kind }) => kind === 'case'));
    expect(notes.map(({ value }) => String(value?.['text']).split(' ')[0])).toEqual(Array.from({ length: 120 }, (_, n) => String(n)));
  });
});
