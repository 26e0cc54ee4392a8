import type { ServiceName } from '@recourse/embedded';
import type { AtTheFrontDoor } from './front.js';
import type { Inside } from './peeking.js';
import type { Everybody } from './signing-in.js';

export const tenants = ['quanpay', 'tidepay', 'harbour'] as const;
export type Tenant = (typeof tenants)[number];

type Query = Readonly<Record<string, string>>;
type Role = 'agent' | 'supervisor' | 'platform' | 'auditor' | 'privacy-officer' | 'customer' | 'operator';
/** By path: whom we ask as, and with which filters. */
type Lists = Readonly<Record<string, { readonly as?: Role; readonly queries: readonly Query[] }>>;
/** What there is to ask for in one tenant. */
type Known = Readonly<
  Record<
    'references' | 'receipts' | 'accounts' | 'subjects' | 'matters' | 'agents' | 'letters' | 'payments' | 'endpoints',
    readonly string[]
  >
>;

/** Answers by the question they were given to, each byte for byte with what its headers say. */
export type Answers = ReadonlyMap<string, string>;

const each = (name: string, values: readonly string[]): readonly Query[] => values.map((value) => ({ [name]: value }));
const stages = ['opened', 'assessed', 'answered', 'closed'];
const priorities = ['urgent', 'high', 'normal', 'low'];
const categories = ['account-taken-over', 'payment-failed', 'funds-not-received', 'refund', 'scam', 'fees'];
const noticeStates = ['planned', 'sending', 'handed-over', 'sent', 'delivered', 'bounced', 'given-up'];
const holdStages = ['asked', 'denied', 'withdrawn', 'placed', 'release-asked', 'released'];
const orderStages = ['asked', 'seconded', 'approved', 'denied', 'withdrawn', 'blocked', 'done', 'acknowledged'];
const protections = ['watched', 'outgoing-blocked', 'locked', 'limited'];

/** Every list of the house, with every filter it has. */
export const listsOf = (tenant: string, known: Known): Lists => ({
  '/v1/accounts': { queries: [{}, ...each('state', protections)] },
  '/v1/audit/openings': { as: 'auditor', queries: [{}, { actor: 'w-n9k4cq7dfv' }, { from: '2026-01-01', to: '2026-12-31' }] },
  '/v1/audit/cases': { as: 'auditor', queries: each('reference', known.references) },
  '/v1/cases': {
    queries: [
      ...[{}, { sort: 'urgent' }, { sort: 'urgent', stage: 'closed' }],
      ...each('reference', known.references), ...each('account', known.accounts), ...each('subject', known.subjects), ...each('agent', known.agents),
      ...each('stage', stages), ...each('category', categories), ...each('priority', priorities), ...each('queue', ['triage', ...categories]),
    ],
  },
  '/v1/channels': { queries: [{}, { platform: tenant }, { address: '+44-800-555-0199' }] },
  '/v1/complaints': { queries: [{}, ...each('subject', known.subjects)] },
  '/v1/events': { as: 'platform', queries: [{}, { after: '5' }] },
  '/v1/notices': {
    queries: [
      ...[{}, ...each('state', noticeStates), ...each('case', known.matters)],
      ...each('account', known.accounts), ...each('letter', known.letters),
    ],
  },
  '/v1/payments': { queries: [{}, ...each('transaction', known.payments), ...each('case', known.matters)] },
  '/v1/policies': { queries: [{}] },
  '/v1/preferences': { as: 'platform', queries: each('subject', known.subjects) },
  '/v1/privacy/holds': { as: 'privacy-officer', queries: [{}, ...each('stage', holdStages)] },
  '/v1/privacy/key-orders': { as: 'privacy-officer', queries: [{}, { because: 'A-1' }, ...each('stage', orderStages)] },
  '/v1/privacy/matters': { as: 'privacy-officer', queries: [{}, ...each('stage', ['open', 'closed', 'forgotten'])] },
  '/v1/privacy/retention': { as: 'privacy-officer', queries: [{}] },
  '/v1/queues': { queries: [{}] },
  '/v1/templates': { queries: [{}] },
  '/v1/tenants': { as: 'operator', queries: [{}] },
  '/v1/webhook-endpoints': { as: 'platform', queries: [{}] },
}); // prettier-ignore

/** What stands below one thing and is shown beside the lists. */
const below = (known: Known): Lists =>
  Object.fromEntries([
    ...known.matters.flatMap((id) => [
      ...['', '/events', '/progress', '/receipts'].map((rest) => [`/v1/cases/${id}${rest}`, { queries: [{}] }]),
      ...['', '/completeness', '/evidence'].map((rest) => [`/v1/complaints/${id}${rest}`, { queries: [{}] }]),
      [`/v1/audit/cases/${id}`, { as: 'auditor', queries: [{}] }],
    ]),
    ...known.accounts.map((account) => [`/v1/accounts/${account}/protection`, { queries: [{}] }]),
    ...known.receipts.map((reference) => [`/v1/receipts/${reference}`, { queries: [{}] }]),
    ...known.payments.map((payment) => [`/v1/payments/${payment}`, { queries: [{}] }]),
    ...known.endpoints.map((id) => [`/v1/webhook-endpoints/${id}/deliveries`, { as: 'platform', queries: [{}] }]),
  ]) as Lists;

const knownOf = async (inside: Inside, tenant: string): Promise<Known> => {
  const all = async (service: ServiceName, what: string, where = 'true') => {
    const sql = `select distinct ${what} as found from log.event where tenant = $1 and ${where} order by 1`;
    return (await inside.ask<{ found: string | null }>(service, sql, [tenant])).flatMap(({ found }) => found ?? []);
  };
  const data = (name: string) => `record->'data'->>'${name}'`;
  const opened = `type = 'CaseOpened'`;
  return {
    references: await all('case-tracking', data('reference'), opened),
    receipts: await all('case-tracking', `substr(stream, length('receipt-') + 1)`, `stream like 'receipt-%'`),
    accounts: await all('account-lock', `substr(stream, length('account-' || tenant || '-') + 1)`, `stream like 'account-%'`),
    subjects: await all('case-tracking', data('subject'), opened),
    matters: await all('case-tracking', `substr(stream, length('case-') + 1)`, opened),
    agents: await all('case-tracking', data('agent'), `type in ('CaseAssigned', 'CaseTaken')`),
    letters: await all('case-tracking', data('letter'), `type = 'LetterIssued'`),
    payments: await all('case-tracking', data('payment'), `type = 'PaymentDisputed'`),
    endpoints: await all('notification', data('endpoint'), `type = 'EndpointRegistered'`),
  };
};

const answerOf = async (who: AtTheFrontDoor, path: string): Promise<{ readonly text: string; readonly next: string | undefined }> => {
  const response = await fetch(who.url + path, { headers: { authorization: `Bearer ${await who.token!()}`, accept: 'application/json' } });
  if (response.status >= 500) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
  const headers = ['content-type', 'etag', 'link', 'log-leaf', 'log-position'].map(
    (name) => `${name}: ${response.headers.get(name) ?? ''}`,
  );
  const body = await response.text();
  // Whether a channel is open at this minute is asked of the clock; a refusal carries the number of its request.
  const lasting = body.replaceAll(/"open":(true|false),?/g, '').replaceAll(/"instance":"urn:recourse:request:[^"]+"/g, '');
  const next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  return {
    text: [response.status, ...headers, path.startsWith('/v1/channels') || response.status >= 400 ? lasting : body].join('\n'),
    next,
  };
};

/** The answers of all lists of all tenants: whole, in pages, with every filter, and to every role. */
export const answersOf = async (who: Everybody, inside: Inside): Promise<Answers> => {
  const answers = new Map<string, string>();
  /** By what they ask, so that nothing is asked twice. */
  const questions = new Map<string, () => Promise<void>>();
  for (const tenant of tenants) {
    const known = await knownOf(inside, tenant);
    const roles: Readonly<Record<Role, AtTheFrontDoor>> = {
      agent: who.staff(`${tenant}/agent`),
      supervisor: who.staff(`${tenant}/supervisor`),
      auditor: who.staff(`${tenant}/auditor`),
      'privacy-officer': who.staff(`${tenant}/privacy-officer`),
      platform: who.platform(tenant),
      operator: who.staff(`${tenant}/operator`),
      customer: who.customer(tenant, known.subjects[0]!),
    };
    const put = async (role: Role, path: string): Promise<string | undefined> => {
      const { text, next } = await answerOf(roles[role], path);
      answers.set(`${tenant} ${role} GET ${path}`, text);
      return next;
    };
    const ask = (role: Role, path: string): void =>
      void questions.set(`${tenant} ${role} GET ${path}`, async () => void (await put(role, path)));
    const lists = listsOf(tenant, known);
    for (const [path, { as = 'agent', queries }] of Object.entries({ ...lists, ...below(known) }))
      for (const query of queries) {
        const filter = new URLSearchParams(query).toString();
        ask(as, filter ? `${path}?${filter}` : path);
      }
    for (const [path, { as = 'agent' }] of Object.entries(lists)) {
      for (const role of Object.keys(roles) as Role[]) ask(role, path);
      questions.set(`${tenant} ${as} GET ${path}, page by page`, async () => {
        for (let next: string | undefined = `${path}?limit=10`; next;) next = await put(as, next);
      });
    }
  }
  // A few at a time, like the people who ask.
  const left = [...questions.values()];
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let ask = left.pop(); ask; ask = left.pop()) await ask();
    }),
  );
  return answers;
};
