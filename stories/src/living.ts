import { startRecourse, type Recourse } from '@recourse/embedded/starting';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { accountTakenOver } from './account-taken-over.js';
import type { Json } from './front.js';
import { forgetSome, furnish, type WebhookReceiver } from './furnishing.js';
import { tenants, type Tenant } from './gathering.js';
import { moneyNotReceived } from './money-not-received.js';
import { paymentFailed } from './payment-failed.js';
import { Inside } from './peeking.js';
import { operationsOf, Traces, type Address, type Operation } from './retracing.js';
import { newRun } from './seeding.js';
import { settled } from './settling.js';
import { everybody, type Everybody } from './signing-in.js';
import { visitTheRest } from './visiting.js';
import { neverBorn } from './walking.js';

/** A case that is still worked on, and the agent who should keep away from it. */
type OpenCase = { readonly noun: string; readonly tenant: string; readonly etag: string; readonly conflicted: string };

/** A house with something of everything in it, in which nothing moves any more. */
export type LivedIn = {
  readonly recourse: Recourse;
  readonly who: Everybody;
  readonly inside: Inside;
  /** What the front door says of itself. */
  readonly document: Json;
  readonly operations: readonly Operation[];
  /** Where somebody who may has asked for an operation with success. */
  readonly addressOf: (operation: Operation) => Address;
  readonly open: OpenCase;
  /** Every platform, under which name it was furnished, and who listens for it. */
  readonly furnished: readonly Furnished[];
};
type Furnished = { readonly tenant: Tenant; readonly run: string; readonly receiver: WebhookReceiver };

/** Starts a house and lives in it; `atTheEnd` is told what to undo, last first. */
export const liveIn = async (atTheEnd: (undo: () => Promise<void> | void) => void): Promise<LivedIn> => {
  const home = fs.mkdtempSync(path.join(tmpdir(), 'recourse-lived-through-'));
  atTheEnd(() => fs.rmSync(home, { recursive: true, force: true }));
  const recourse = await startRecourse({ home, environment: { RECOURSE_PUBLIC_RATE: '1000000', RECOURSE_LOG_LEVEL: 'warn' } });
  atTheEnd(() => recourse.stop());
  const inside = new Inside(recourse.adminUrl);
  atTheEnd(() => inside.close());
  const who = everybody(recourse.url);
  const document = await who.anyone.see('/openapi.json');
  const operations = operationsOf(document);

  const traces = new Traces();
  traces.watch();
  const stage = { who, url: recourse.url, step: () => undefined };
  // Two platforms use the same names, as platforms do. What bears a name that both know would be nobody's secret: those paths are not retraced.
  const [alone, shared] = [newRun(), newRun()];
  const [{ matter }, , , ofOne, ofTwo, destruction] = await Promise.all([
    accountTakenOver({ ...stage, run: newRun() }),
    paymentFailed({ ...stage, run: newRun() }),
    moneyNotReceived({ ...stage, run: newRun() }),
    furnished(who, alone, ['tidepay']),
    furnished(who, shared, ['quanpay', 'harbour']),
    forgetSome(who, newRun()),
  ]);
  const all = [...ofOne, ...ofTwo];
  const receivers = all.map(({ receiver }) => receiver);
  atTheEnd(async () => void (await Promise.all(receivers.map((receiver) => receiver.close()))));
  await visitTheRest(who, { matter, destruction });
  traces.stop();
  const find = traces.addresses(operations, neverBorn, shared);
  const places = new Map(operations.map((operation) => [operation, find(operation)]));
  const open = await noteConflict(who);
  await leaveOnly(who, receivers);
  await settled(inside, { seconds: 120 });
  return { recourse, who, inside, document, operations, addressOf: (operation) => places.get(operation)!, open, furnished: all };
};

const furnished = async (who: Everybody, run: string, where: readonly Tenant[]): Promise<readonly Furnished[]> =>
  (await furnish(who, run, where)).map((receiver, at) => ({ tenant: where[at]!, run, receiver }));

const noteConflict = async (who: Everybody): Promise<OpenCase> => {
  const [tenant, conflicted] = ['tidepay', 'w-conflicted'];
  const supervisor = who.staff(`${tenant}/supervisor`);
  const [{ id }] = (await supervisor.see('/v1/cases?stage=opened')).items;
  const noun = `/v1/cases/${id}`;
  await supervisor.post(`${noun}/conflicts`, { agent: conflicted, conflict: 'decided-before' });
  return { noun, tenant, conflicted, etag: (await supervisor.ask('GET', noun)).headers.get('etag')! };
};

/** Turns off the endpoints where nobody listens any more: what cannot be delivered would be tried again and again. */
const leaveOnly = async (who: Everybody, receivers: readonly WebhookReceiver[]): Promise<void> => {
  const urls = new Set(receivers.map(({ url }) => url));
  for (const tenant of tenants)
    for (const { endpoint, state, url } of (await who.platform(tenant).see('/v1/webhook-endpoints')).items)
      if (state === 'enabled' && !urls.has(url)) await who.platform(tenant).post(`/v1/webhook-endpoints/${endpoint}/disablement`);
};
