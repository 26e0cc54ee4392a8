import { eventually, type Json } from './front.js';
import type { Everybody } from './signing-in.js';

/** A case of quanpay's that a story has played, and an order by which tidepay's officers have destroyed a key. */
type Places = { readonly matter: string; readonly destruction: string };

/** Where no story goes: so that everything there is has been asked for by somebody who may, and can be asked for by those who may not. */
export const visitTheRest = async (who: Everybody, places: Places): Promise<void> => {
  await Promise.all([audited(who, places), keptFromAll(who, places), keptSoLong(who, places), proved(who, places)]);
  await told(who, places);
  await worked(who);
};

const audited = async (who: Everybody, { matter }: Places): Promise<void> => {
  const auditor = who.staff('quanpay/auditor');
  await auditor.see(`/v1/audit/cases/${matter}`);
  await auditor.see(`/v1/audit/cases/${matter}/steps/1`);
  await auditor.see(`/v1/audit/cases/${matter}/diff?from=2020-01-01T00:00:00.000Z&to=${new Date().toISOString()}`);
};

const keptFromAll = async (who: Everybody, { matter }: Places): Promise<void> => {
  const officer = who.staff('quanpay/privacy-officer');
  await officer.post('/v1/privacy/key-orders', { kind: 'restrict', why: 'no-longer-needed', matter });
  await officer.post('/v1/privacy/holds', { scope: 'matter', of: matter, why: 'litigation', authority: 'A-1' });
};

/** Until when the case is kept; and a table of periods that was taken back once and waits now for its second person. */
const keptSoLong = async (who: Everybody, { matter }: Places): Promise<void> => {
  const officer = who.staff('quanpay/privacy-officer');
  await eventually('whoever keeps the periods has heard of the case', () => officer.see(`/v1/privacy/matters/${matter}`));
  const row = { jurisdiction: 'any', product: 'any', starts: 'closed', duration: 'P6Y' };
  const ask = (): Promise<Json> =>
    officer.post('/v1/privacy/retention', {
      ...{ version: 1, effectiveFrom: new Date(Date.now() + 86_400_000).toISOString(), jurisdictions: ['cn'], products: ['wallet'] },
      rows: [{ ...row, basis: 'limitation-act', source: 'counsel', verified: true }],
    });
  await ask();
  await officer.post('/v1/privacy/retention/1/withdrawal');
  await ask();
};

const proved = async (who: Everybody, { destruction }: Places): Promise<void> => {
  await who.staff('tidepay/privacy-officer').see(`/v1/privacy/certificates/${destruction}`);
  await who.platform('tidepay').see('/v1/policies/intervals/1');
};

const told = async (who: Everybody, { matter }: Places): Promise<void> => {
  const officer = who.staff('quanpay/privacy-officer');
  const { subject } = await who.staff('quanpay/agent').see(`/v1/cases/${matter}`);
  const { request } = await officer.post('/v1/privacy/subject-requests', { kind: 'access', subject, identity: 'A-1', jurisdiction: 'eu' });
  const { export: held } = await officer.post(`/v1/privacy/subject-requests/${request}/answer`, { how: 'given' });
  await eventually('what is held of a customer can be fetched, his own words among it', async () => {
    const { status, body } = await who.customer('quanpay', subject).ask('GET', held);
    const groups = (body.matters ?? []).flatMap((one: Json) =>
      one.things.flatMap(({ events }: Json) => events.flatMap((event: Json) => event.groups)),
    );
    return status === 200 && groups.some(({ sealed, value }: Json) => sealed === 'narrative' && value !== undefined);
  });
};

const worked = async (who: Everybody): Promise<void> => {
  const agent = who.staff('tidepay/agent');
  await agent.post('/v1/queues/scam/takings');
  const [{ channel }] = (await who.anyone.see('/v1/channels?platform=quanpay')).items;
  await who.platform('quanpay').post(`/v1/channels/${channel}/verification`);
  const [one, other] = (await agent.see('/v1/cases?stage=opened')).items;
  await agent.post(`/v1/cases/${one.id}/links`, { other: other.id, relation: 'related' });
};
