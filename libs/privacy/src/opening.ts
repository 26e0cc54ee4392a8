import { randomBytes } from 'node:crypto';
import type { EventStore, NewEvent, SealedRef } from '@recourse/event-store';
import { v7 as uuid } from 'uuid';
import type { Opening, Owner, Privacy } from './index.js';
import { Keyring, type KeyringOptions } from './keyring.js';
import { ChunkOpener, ChunkSealer, headLength, openedAsItComes, sealedAsItComes, sealedLength, sealedSpan, wholeOf } from './chunking.js';
import { hashOf, opened, SealBroken, saltLength, sealed, type Binding } from './sealing.js';

export type PrivacyOptions = KeyringOptions & {
  /** The service's own log: openings are recorded there, and its blobs are what can be opened. */
  readonly store: Pick<EventStore, 'append' | 'blobs' | 'now'>;
  /** Names the service as the client of what it opens for itself. */
  readonly service: string;
};

type GroupsOpened = NewEvent & {
  readonly type: 'GroupsOpened';
  readonly purpose: string;
  readonly client: string;
  readonly position?: number;
  readonly groups: readonly { readonly id: string; readonly group: string }[];
};

/** A record holds 8 KiB: long lists of groups become several events of one append. */
const groupsPerEvent = 60;

/** Sealed groups under keys of the keyring; `close()` lets go of its connections. */
export const postgresPrivacy = ({ store, service, ...keyringOptions }: PrivacyOptions): Privacy & { close(): Promise<void> } => {
  const keyring = new Keyring(keyringOptions);

  const counts = new Map<string, { readonly role: string; readonly purpose: string; groups: number }>();
  const count = ({ by: { role }, purpose }: Opening, groups: number): void => {
    const name = `${role} ${purpose}`;
    const sofar = counts.get(name) ?? { role, purpose, groups: 0 };
    counts.set(name, sofar);
    sofar.groups += groups;
  };

  const record = async (refs: readonly SealedRef[], opening: Opening): Promise<void> => {
    const { by, purpose, corr, tenant, position, also = [] } = opening;
    const all = [...refs, ...also];
    const events: GroupsOpened[] = [];
    for (let from = 0; from < all.length; from += groupsPerEvent) {
      const groups = all.slice(from, from + groupsPerEvent).map(({ id, group }) => ({ id, group }));
      events.push({ type: 'GroupsOpened', purpose, client: service, ...(position !== undefined && { position }), groups });
    }
    const stream = `opening-${corr}`;
    const outcome = await store.append({ tenant, at: store.now(tenant), by, corr, writes: [{ stream, expected: 'none', events }] });
    if (outcome.kind !== 'appended') throw new Error(`The opening was not recorded (${outcome.kind}), so nothing is shown.`);
    count(opening, all.length);
  };

  return {
    async seal(owner: Owner, group: string, value: object) {
      const key = await keyring.keyFor(owner);
      const id = uuid();
      const plaintext = Buffer.from(JSON.stringify(value));
      const blob = sealed(key.bytes, { form: 'field', id, tenant: owner.tenant, group }, plaintext, randomBytes(saltLength));
      const h = hashOf(blob);
      return { ref: { id, group, key: key.id, h }, blob: { id, h, blob } };
    },

    async open(refs, opening) {
      const texts = new Map<string, Readonly<Record<string, unknown>>>();
      if (refs.length === 0) return texts;
      const { tenant, from = store, whose } = opening;
      const [keys, blobs] = await Promise.all([
        keyring.keys(
          tenant,
          refs.map(({ key }) => key),
        ),
        from.blobs(refs.map(({ id }) => id)),
      ]);
      const readable = refs.filter(({ key }) => {
        const found = keys.get(key);
        return found !== undefined && (!whose || whose.includes(found.subject));
      });
      for (const { id, group, key, h } of readable) {
        const blob = blobs.get(id)?.blob;
        if (!blob) throw new SealBroken(id, 'its bytes are not in this log');
        if (hashOf(blob) !== h) throw new SealBroken(id, 'its bytes are not those the record names');
        const plaintext = opened(keys.get(key)!.bytes, { form: 'field', id, tenant, group }, blob);
        texts.set(id, JSON.parse(plaintext.toString()) as Readonly<Record<string, unknown>>);
      }
      if (readable.length > 0) await record(readable, opening);
      return texts;
    },

    async sealStream(owner, id) {
      const key = await keyring.keyFor(owner);
      const sealer = new ChunkSealer(key.bytes, bytesOf(id, owner.tenant), randomBytes(saltLength));
      return { key: key.id, sealed: (bytes) => sealedAsItComes(sealer, bytes) };
    },

    async openStream({ key, id, tenant, size }, file) {
      const found = (await keyring.keys(tenant, [key])).get(key);
      if (!found) throw new KeyGone(key);
      const head = await wholeOf(file.read({ from: 0, to: Math.min(headLength, file.length) }));
      const binding = bytesOf(id, tenant);
      if (head[0] === wholeForm) {
        // Files of the first form can only be opened whole.
        const plaintext = opened(found.bytes, binding, await wholeOf(file.read({ from: 0, to: file.length })));
        return async function* (span) {
          yield plaintext.subarray(span.from, span.to);
        };
      }
      if (file.length !== sealedLength(size)) throw new SealBroken(id, 'it is not as long as its record says');
      const opener = new ChunkOpener(found.bytes, binding, head, size);
      return (span) => openedAsItComes(opener, span, size, file.read(sealedSpan(span, size)));
    },

    opened: () => [...counts.values()],
    ordered: (since) => keyring.ordered(since),
    acknowledge: (order, key, counts) => keyring.acknowledge(service, order, key, counts),
    standings: (tenant, keys) => keyring.standings(tenant, keys),
    forgetKeys: () => keyring.forget(),
    indexes: keyring.indexes,

    close: () => keyring.close(),
  };
};

const wholeForm = 0x01;
const bytesOf = (id: string, tenant: string): Binding => ({ form: 'bytes', id, tenant, group: 'evidence' });

/** The key was destroyed or is restricted: the bytes stay closed. */
export class KeyGone extends Error {
  constructor(id: string) {
    super(`The data key ${id} is destroyed or restricted.`);
  }
}
