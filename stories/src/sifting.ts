import { services } from '@recourse/embedded';
import fs from 'node:fs';
import path from 'node:path';
import { brokenOpen, unwrapped, wrappingKeysIn, type FoundBlob, type FoundKey } from './breaking-open.js';
import type { Inside } from './peeking.js';

/** Every sealed group whose bytes are anywhere: beside the logs, with the notary, on the bus, in messages that wait. */
const blobsFound = async (inside: Inside): Promise<readonly FoundBlob[]> => {
  const refs = new Map<string, { tenant: string; group: string }>();
  for (const service of services) {
    const rows = await inside.ask<{ tenant: string; sealed: readonly { id: string; group: string }[] }>(
      service,
      `select tenant, record->'sealed' as sealed from log.event where record->'sealed' is not null`,
    );
    for (const { tenant, sealed } of rows) for (const { id, group } of sealed) refs.set(id, { tenant, group });
  }
  const found: { id: string; blob: Buffer }[] = [];
  for (const service of services)
    found.push(...(await inside.ask<{ id: string; blob: Buffer }>(service, 'select id, blob from log.sealed')));
  found.push(...(await inside.ask<{ id: string; blob: Buffer }>('audit', 'select id, blob from heard_sealed')));
  const messages = (await inside.ask<{ value: string }>('bus', 'select value from bus.message')).map(({ value }) => value);
  for (const service of services)
    messages.push(...(await inside.ask<{ value: string }>(service, 'select value from relay.parked_message')).map(({ value }) => value));
  for (const value of messages)
    for (const { id, blob } of (JSON.parse(value) as { sealed?: readonly { id: string; blob: string }[] }).sealed ?? [])
      if (blob) found.push({ id, blob: Buffer.from(blob, 'base64url') });
  return found.flatMap(({ id, blob }) => (refs.has(id) ? [{ id, blob, ...refs.get(id)! }] : []));
};

/** Every data key that can still be unwrapped. */
export const keysLeft = (inside: Inside): Promise<readonly FoundKey[]> =>
  inside.ask<FoundKey>('keyring', 'select id, tenant, scope, subject, kek, wrapped from keyring.data_key where wrapped is not null');

/** Everything that all keys together open, of every blob there is. */
export const allThatOpens = async (
  inside: Inside,
  home: string,
): Promise<{
  readonly texts: string;
  readonly blobs: number;
  readonly keys: number;
  readonly tried: number;
}> => {
  const [blobs, keys] = [await blobsFound(inside), await keysLeft(inside)];
  const keks = new Map(
    ['keyring.kek', 'restricted.kek'].flatMap((file) => [...wrappingKeysIn(fs.readFileSync(path.join(home, file), 'utf8'))]),
  );
  const ours = keys.map((key) => ({ ...key, bytes: unwrapped(key, keks) }));
  const texts: string[] = [];
  let tried = 0;
  const distinct = new Map(blobs.map((blob) => [`${blob.id} ${Buffer.from(blob.blob).toString('base64')}`, blob]));
  for (const blob of distinct.values())
    for (const { bytes } of ours) {
      tried++;
      const text = brokenOpen(blob, bytes);
      if (text !== undefined) texts.push(text);
    }
  return { texts: texts.join('\n'), blobs: blobs.length, keys: keys.length, tried };
};
