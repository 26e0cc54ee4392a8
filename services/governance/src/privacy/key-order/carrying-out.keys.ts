import { keyOrderHistory, type KeyOrderHistory } from '@recourse/contracts';
import { eventOf, handling, part, type EventStore, type Outcome, type Part } from '@recourse/event-store';
import type { Governor } from '@recourse/privacy';
import { evolve, initial, type CustodyEvent } from '../custody/custody.js';
import { custody } from '../custody/holding.js';
import type { PrivacyRefusal } from '../refusals.js';
import { matterRetention, streamOfMatter } from '../retention/retaining.js';
import { forbidding, mattersOf, partOfOrder, streamOfCustody, streamOfOrder } from './drafting.js';
import type { DestroyedKeyRow } from './key-orders.view.js';

/** What an order is carried out with. */
export type CarryingOut = {
  readonly store: EventStore;
  readonly governor: Governor;
  /** How long backups of the keyring are kept: `P14D`. */
  readonly backupWindow: string;
  /** The services that keep something of a key: each has to say what it made unreadable. */
  readonly services: readonly string[];
};

type InHand = { readonly history: KeyOrderHistory; readonly tenant: string };

const by = { actor: 'service:governance', role: 'service', client: 'governance' };

const inHand = async (store: EventStore, order: string): Promise<InHand> => {
  const records = await store.readStream(streamOfOrder(order));
  const history = records.reduce<KeyOrderHistory | undefined>((before, record) => keyOrderHistory(before, record), undefined);
  if (!history) throw new Error(`there is no order ${order}`);
  return { history, tenant: records[0]!.tenant };
};

const send = (store: EventStore, tenant: string, order: string, parts: readonly [Part, ...Part[]]): Promise<Outcome<PrivacyRefusal>> =>
  handling(store)<PrivacyRefusal>({ tenant, corr: streamOfOrder(order), parts });

/**
 * Carries out what two people agreed on. Each step may be done again after a crash between any two, and by two processes at once: the beginning is said once,
 * in the stream the holds stand in; the keyring answers with what stands; the end is said once. A destruction that has begun is never stopped half way.
 */
export const carryOut = async (tools: CarryingOut, order: string): Promise<void> => {
  const { store, governor, backupWindow, services } = tools;
  const { history, tenant } = await inHand(store, order);
  if (history.stage !== 'approved') return;
  if (history.kind === 'destroy' && !(await begun(tools, tenant, history))) return;
  const ids = history.keys.map(({ key }) => key);
  const standings = await governor[history.kind](tenant, ids, order);
  const changed = standings.filter((key) => key.order === order);
  const keys = changed.map(({ id }) => id);
  const told = { by, at: store.now(tenant) };
  const brought = partOfOrder({
    ...{ type: 'NoteBrought', order, keys, backupWindow, ...told },
    left: ids.filter((id) => !keys.includes(id)),
    // The clock of the keyring: what is asked of its backups is asked by that clock.
    doneAt:
      changed
        .map(({ since }) => since)
        .sort()
        .at(-1) ?? told.at,
    // Whoever may open again has nothing to forget.
    expects: history.kind === 'release' || keys.length === 0 ? [] : services,
  });
  const ended = part(custody, streamOfCustody(tenant), { type: 'EndDestruction', order, ...told });
  const over = history.kind === 'destroy' ? [ended, ...(await forgotten(tools, tenant, history))] : [];
  await send(store, tenant, order, [brought, ...over]);
};

/** The matters of which no key is left. */
const forgotten = async ({ store, governor }: CarryingOut, tenant: string, { keys }: KeyOrderHistory): Promise<readonly Part[]> => {
  const left = await Promise.all(
    mattersOf(keys).map(async (matter) => {
      const all = await governor.keysOf(tenant, { scope: `matter:${matter}` });
      return all.every(({ state }) => state === 'destroyed') ? [matter] : [];
    }),
  );
  const told = { by, at: store.now(tenant) };
  return left.flat().map((matter) => part(matterRetention, streamOfMatter(matter), { type: 'ForgetMatter', matter, ...told }));
};

/** True once it stands in the log that these keys are being destroyed. What came since the approval and forbids it is said instead. */
const begun = async ({ store }: CarryingOut, tenant: string, { order, kind, why, keys }: KeyOrderHistory): Promise<boolean> => {
  const stream = streamOfCustody(tenant);
  const { begun: before } = (await store.readStream(stream)).map((record) => eventOf<CustodyEvent>(record)).reduce(evolve, initial);
  if (before.includes(order)) return true;
  const told = { by, at: store.now(tenant) };
  const begin = part(custody, stream, { type: 'BeginDestruction', order, keys, ...told });
  const check = partOfOrder({ type: 'CheckApproved', order, ...told });
  const outcome = await send(store, tenant, order, [check, begin, ...forbidding({ kind, why, keys }, tenant, told)]);
  if (outcome.kind === 'recorded') return true;
  if (outcome.kind !== 'refused') throw new Error(`the destruction of ${order} could not begin: ${outcome.kind}`);
  const { refused, facts } = outcome.refusal;
  const holds = typeof facts?.['hold'] === 'string' ? facts['hold'].split(', ') : [];
  await send(store, tenant, order, [partOfOrder({ type: 'NoteBlocked', order, why: refused, holds, ...told })]);
  return false;
};

/** Writes down which services have said by now what they made unreadable: each once, when it has done so for every key of the order. */
export const noteAcknowledged = async ({ store, governor }: CarryingOut, order: string): Promise<void> => {
  const { history, tenant } = await inHand(store, order);
  if (history.stage !== 'done') return;
  const heard = await governor.acknowledged(order);
  const silent = heard.filter(({ service }) => !history.purges.some((purge) => purge.service === service));
  if (silent.length === 0) return;
  // A key that a later order has changed is acknowledged under that one.
  const own = (await governor.keysOf(tenant, { ids: history.done!.keys })).filter((key) => key.order === order).map(({ id }) => id);
  const whole = silent.filter(({ keys }) => own.every((key) => keys.includes(key)));
  const told = { by, at: store.now(tenant) };
  const [first, ...rest] = whole.map(({ service, counts, at: purgedAt }) =>
    partOfOrder({ type: 'NoteAcknowledged', order, service, counts, purgedAt, ...told }),
  );
  if (first) await send(store, tenant, order, [first, ...rest]);
};

/**
 * Holds what was destroyed against the keyring: an older backup of it, restored, brings keys back. They are destroyed again under the order that named them,
 * and that is said. A key the backup does not know needs nothing.
 */
export const destroyAgain = async ({ store, governor }: CarryingOut, tombstones: readonly DestroyedKeyRow[]): Promise<number> => {
  const byOrder = new Map<string, DestroyedKeyRow[]>();
  for (const row of tombstones) byOrder.set(row.order, [...(byOrder.get(row.order) ?? []), row]);
  let count = 0;
  for (const [order, rows] of byOrder) {
    const { tenant } = rows[0]!;
    const now = await governor.keysOf(tenant, { ids: rows.map(({ key }) => key) });
    const back = now.filter(({ state }) => state !== 'destroyed').map(({ id }) => id);
    if (back.length === 0) continue;
    const standings = await governor.destroy(tenant, back, order);
    const doneAt = standings
      .map(({ since }) => since)
      .sort()
      .at(-1)!;
    await send(store, tenant, order, [partOfOrder({ type: 'NoteDestroyedAgain', order, keys: back, doneAt, by, at: store.now(tenant) })]);
    count += back.length;
  }
  return count;
};
