import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditedAccess, AuditedOpenings, CasesFound } from '@recourse/contracts';
import { eventually, type AtTheFrontDoor } from './front.js';
import { newRun } from './seeding.js';
import { everybody } from './signing-in.js';

const who = everybody(process.env['RECOURSE_STAGE_URL']!);
const run = newRun();
const curious = who.staff('ned-frost');
const colleague = who.staff('amara-cole');
/** What tokens and records call them. */
const [nameless, other] = ['w-n9k4cq7dfv', 'w-y5g2hx8bmt'];
const auditor = who.staff('harbour/auditor');
const officer = who.staff('harbour/privacy-officer');
const handling = 'purpose=handling-complaint';

/** Nobody else is called like this, whatever has been played on this stage. */
const digits = [...run].map((letter) => letter.charCodeAt(0) % 10).join('');
const person = (which: number) => ({ name: `Nora ${run} ${which}`, telephone: `+44 20 ${digits.slice(0, 6)}${which + 10}` });
const matters: string[] = [];

/** A complaint of the named person, and its case. */
const complained = async (which: number): Promise<string> => {
  const customer = who.customer('harbour', `curious-${run}-${which}`);
  const { matter } = await customer.post('/v1/complaints', {
    channel: 'app',
    category: 'payment-failed',
    narrative: { text: `My payment ${run} number ${which} never arrived.` },
    complainant: person(which),
  });
  await customer.post(`/v1/complaints/${matter}/submission`);
  await colleague.see(`/v1/cases/${matter}?wait=10`);
  return matter;
};

const found = async (agent: AtTheFrontDoor, terms: object, query = ''): Promise<readonly string[]> =>
  ((await agent.post(`/v1/cases/searches${query}`, terms)) as CasesFound).items.map(({ id }) => id);

beforeAll(async () => {
  for (let which = 0; which < 16; which++) matters.push(await complained(which));
});

describe('A curious agent', () => {
  it('may look for a customer who has lost his reference, as every agent: verified, by name, by telephone, by words', async () => {
    const [first] = matters;
    const all = await eventually('every case to be found', async () => {
      const ids = await found(colleague, { words: `payment ${run}` });
      return ids.length >= matters.length ? ids : undefined;
    });
    expect(all.slice().sort()).toEqual([...matters].sort());
    expect(await found(colleague, { telephone: person(0).telephone.replaceAll(' ', '') })).toContain(first);
    expect(await found(colleague, { name: person(0).name.toUpperCase(), verify: true }, `?${handling}`)).toEqual([first]);
    expect(await found(who.staff('quanpay/agent'), { name: person(0).name })).toEqual([]);
  });

  it('stands out to auditor and privacy officer: who opens every case in sight, among those who open their own', async () => {
    await colleague.see(`/v1/cases/${matters[1]}?${handling}`);
    for (const matter of matters) await curious.see(`/v1/cases/${matter}?${handling}`);
    const actor = nameless;
    const shown = await eventually('the notary to have heard of it', async () => {
      const { items } = (await auditor.see('/v1/audit/openings')) as AuditedOpenings;
      return items.some((day) => day.actor === actor && day.matters >= matters.length) ? items : undefined;
    });
    expect(shown.find((day) => day.actor === actor)).toMatchObject({ role: 'agent', standsOut: true, purposes: ['handling-complaint'] });
    expect(shown.filter((day) => day.actor === other)).toEqual([expect.objectContaining({ standsOut: false })]);
    expect(((await officer.see(`/v1/audit/openings?actor=${actor}`)) as AuditedOpenings).items).toMatchObject([{ actor, standsOut: true }]);
    expect((await curious.ask('GET', '/v1/audit/openings')).status).toBe(403);
  });

  it('is named in the history of each matter, with why, what, and as of which position; and nothing personal is', async () => {
    const access = (await officer.see(`/v1/audit/cases/${matters[2]}/access`)) as AuditedAccess;
    expect(access.items.filter(({ role }) => role === 'agent')).toEqual([
      expect.objectContaining({
        actor: nameless,
        purpose: 'handling-complaint',
        groups: ['complainant', 'narrative'],
        readAt: expect.stringMatching(/^case-tracking:\d+$/),
      }),
    ]);
    expect(access.items.filter(({ role }) => role === 'service').map(({ purpose }) => purpose)).toContain('indexing');
    const told = JSON.stringify([access, await auditor.see('/v1/audit/openings')]);
    for (const personal of [run, 'Nora', person(2).telephone]) expect(told).not.toContain(personal);
  });
});
