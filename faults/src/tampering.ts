import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Drawing } from './drawing.js';

/** Where an edit has to be noticed: at a position of the log, or by the id of what no record names. */
export type Where = { readonly position?: number; readonly id?: string };

/** One kind of edit, past everything that writes: which table, and what a superuser does to it. */
export type Edit = {
  readonly table: 'log.event' | 'log.sealed' | 'relay.cursor' | 'heard_record' | 'keyring.data_key' | 'keyring.secret';
  readonly does: string;
  readonly edit: (tools: Tools) => Promise<Where>;
};

export type Tools = {
  /** The superuser in the database of the table. */
  readonly client: pg.Client;
  readonly drawing: Drawing;
  readonly head: number;
  /** Where a data key is named first. */
  readonly keys: ReadonlyMap<string, { readonly position: number }>;
};

type Row = { position: string; stream: string; version: number; leaf: Buffer; text: string };

const leafOf = (text: string): Buffer =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.from([0]), Buffer.from(text)]))
    .digest();

/** Another instant in the record, and nothing else: as long as before, canonical as before. */
const timedAnew = (text: string): string =>
  text.replace(/("at":"[^"]*)(\d)Z"/, (_all, before: string, digit: string) => `${before}${(Number(digit) + 1) % 10}Z"`);

const rowAt = async (client: pg.Client, position: number): Promise<Row> =>
  (await client.query<Row>('select position, stream, version, leaf, record::text as text from log.event where position = $1', [position]))
    .rows[0]!;

/** Changes a record and everything after it in its stream, so that the stream fits again. */
const rechain = async (client: pg.Client, position: number): Promise<void> => {
  const { stream, version } = await rowAt(client, position);
  const { rows } = await client.query<Row>(
    'select position, stream, version, leaf, record::text as text from log.event where stream = $1 and version >= $2 order by version',
    [stream, version],
  );
  let [before, now] = ['', ''];
  for (const [n, row] of rows.entries()) {
    const text = n === 0 ? timedAnew(row.text) : row.text.replace(`"prev":"${before}"`, `"prev":"${now}"`);
    [before, now] = [row.leaf.toString('base64url'), leafOf(text).toString('base64url')];
    await client.query('update log.event set record = $2::json, leaf = $3 where position = $1', [row.position, text, leafOf(text)]);
  }
};

const somewhere = ({ drawing, head }: Tools): number => drawing.between(1, head - 1);
const sealedIn = async ({ client, drawing }: Tools, many = 1): Promise<readonly { id: string; position: number }[]> => {
  const { rows } = await client.query<{ id: string; position: string }>(
    `select ref->>'id' as id, e.position from log.event e, json_array_elements(e.record->'sealed') ref order by e.position`,
  );
  return drawing
    .shuffled(rows)
    .slice(0, many)
    .map(({ id, position }) => ({ id, position: Number(position) }));
};
const keyIn = ({ drawing, keys }: Tools): { id: string; position: number } => {
  const [id, { position }] = drawing.one([...keys]);
  return { id, position };
};

/** A statement about one position. */
const atPosition = (does: string, sql: string): Edit => ({
  table: 'log.event',
  does,
  edit: async (tools) => {
    const position = somewhere(tools);
    await tools.client.query(sql, [position]);
    return { position };
  },
});
const atCopy = (does: string, sql: string): Edit => ({ ...atPosition(does, sql), table: 'heard_record' });
const atSealed = (does: string, sql: string): Edit => ({
  table: 'log.sealed',
  does,
  edit: async (tools) => {
    const [one] = await sealedIn(tools);
    await tools.client.query(sql, [one!.id]);
    return { position: one!.position };
  },
});
const atKey = (does: string, sql: string): Edit => ({
  table: 'keyring.data_key',
  does,
  edit: async (tools) => {
    const { id, position } = keyIn(tools);
    await tools.client.query(sql, [id]);
    return { position };
  },
});

const flipped = (column: string): string => `set_byte(${column}, length(${column}) - 3, get_byte(${column}, length(${column}) - 3) # 1)`;

export const edits: readonly Edit[] = [
  {
    table: 'log.event',
    does: 'a record is changed',
    edit: async (tools) => {
      const position = somewhere(tools);
      const { text } = await rowAt(tools.client, position);
      await tools.client.query('update log.event set record = $2::json where position = $1', [position, timedAnew(text)]);
      return { position };
    },
  },
  {
    table: 'log.event',
    does: 'a record is changed, with its leaf',
    edit: async (tools) => {
      const position = somewhere(tools);
      const text = timedAnew((await rowAt(tools.client, position)).text);
      await tools.client.query('update log.event set record = $2::json, leaf = $3 where position = $1', [position, text, leafOf(text)]);
      return { position };
    },
  },
  {
    table: 'log.event',
    does: 'a record is changed, with its leaf and everything after it in its stream',
    edit: async (tools) => {
      const position = somewhere(tools);
      await rechain(tools.client, position);
      return { position };
    },
  },
  atPosition('a leaf is changed', `update log.event set leaf = ${flipped('leaf')} where position = $1`),
  atPosition('a time is changed', `update log.event set recorded_at = recorded_at - interval '1 millisecond' where position = $1`),
  atPosition('a tenant is changed', `update log.event set tenant = 'tidepay' where position = $1`),
  atPosition('a type is changed', `update log.event set type = 'NothingHappened' where position = $1`),
  atPosition('a record goes to another stream', `update log.event set stream = stream || '-other' where position = $1`),
  atPosition('a record is deleted', 'delete from log.event where position = $1'),
  {
    table: 'log.event',
    does: 'a record is deleted and the gap closed',
    edit: async (tools) => {
      const position = somewhere(tools);
      await tools.client.query('delete from log.event where position = $1', [position]);
      for (let n = position + 1; n <= tools.head; n += 1)
        await tools.client.query('update log.event set position = position - 1 where position = $1', [n]);
      return { position };
    },
  },
  {
    table: 'log.event',
    does: 'two records change places',
    edit: async (tools) => {
      const [one, other] = tools.drawing.shuffled(Array.from({ length: tools.head - 1 }, (_, n) => n + 1)).slice(0, 2) as [number, number];
      await tools.client.query('update log.event set position = -1 where position = $1', [one]);
      await tools.client.query('update log.event set position = $1 where position = $2', [one, other]);
      await tools.client.query('update log.event set position = $1 where position = -1', [other]);
      return { position: Math.min(one, other) };
    },
  },
  {
    table: 'log.event',
    does: 'a record is put in between',
    edit: async (tools) => {
      const position = somewhere(tools);
      for (let n = tools.head; n >= position; n -= 1)
        await tools.client.query('update log.event set position = position + 1 where position = $1', [n]);
      const { text } = await rowAt(tools.client, position + 1);
      const forged = text.replace(/"stream":"[^"]*"/, '"stream":"forged"').replace(/"version":\d+/, '"version":0');
      await tools.client.query(
        `insert into log.event select $1, 'forged', 0, gen_random_uuid(), type, sv, tenant, recorded_at, $2, $3::json from log.event where position = $1::bigint + 1`,
        [position, leafOf(forged), forged],
      );
      return { position };
    },
  },
  {
    table: 'log.event',
    does: 'the tail is cut off',
    edit: async ({ client, drawing, head }) => {
      const position = drawing.between(Math.max(1, head - 10), head);
      await client.query('delete from log.event where position >= $1', [position]);
      return { position };
    },
  },
  {
    table: 'log.event',
    does: 'the tail is cut off, and so is what the relay remembers of it',
    edit: async ({ client, drawing, head }) => {
      const position = drawing.between(Math.max(1, head - 10), head);
      await client.query('delete from log.event where position >= $1', [position]);
      await client.query(`update relay.cursor set position = $1::bigint - 1`, [position]);
      return { position };
    },
  },
  {
    table: 'log.event',
    does: 'the tail is replaced by another one that fits',
    edit: async ({ client, drawing, head }) => {
      const position = drawing.between(Math.max(1, head - 10), head);
      for (let n = position; n <= head; n += 1) await rechain(client, n);
      return { position };
    },
  },
  atSealed('sealed bytes are changed', `update log.sealed set blob = ${flipped('blob')} where id = $1`),
  atSealed(
    'sealed bytes are changed, with their hash',
    `update log.sealed set blob = ${flipped('blob')}, h = sha256(${flipped('blob')}) where id = $1`,
  ),
  atSealed('sealed bytes are deleted', 'delete from log.sealed where id = $1'),
  atSealed('sealed bytes go to another tenant', `update log.sealed set tenant = 'tidepay' where id = $1`),
  {
    table: 'log.sealed',
    does: 'sealed bytes change places',
    edit: async (tools) => {
      const [one, other] = await sealedIn(tools, 2);
      await tools.client.query(
        `update log.sealed s set h = o.h, blob = o.blob, key = o.key from log.sealed o where s.id in ($1, $2) and o.id in ($1, $2) and o.id <> s.id`,
        [one!.id, other!.id],
      );
      return { position: Math.min(one!.position, other!.position) };
    },
  },
  {
    table: 'log.sealed',
    does: 'sealed bytes that no record names are put in',
    edit: async ({ client }) => {
      const { rows } = await client.query<{ id: string }>(
        `insert into log.sealed (id, tenant, h, blob) values (gen_random_uuid(), 'quanpay', sha256('\\x01'), '\\x01') returning id`,
      );
      return { id: rows[0]!.id };
    },
  },
  {
    table: 'relay.cursor',
    does: 'the relay is made to believe that it has told more than there is',
    edit: async ({ client, head }) => {
      await client.query(`update relay.cursor set position = $1 where name = 'records'`, [head + 7]);
      return { position: head + 7 };
    },
  },
  atCopy("the notary's copy is changed", `update heard_record set record = replace(record, '"sv":1', '"sv":2') where position = $1`),
  atCopy(
    "the notary's copy is changed, with its leaf",
    `update heard_record set record = record || ' ', leaf = sha256('\\x00'::bytea || convert_to(record || ' ', 'UTF8')) where position = $1`,
  ),
  atCopy("a record of the notary's is deleted", 'delete from heard_record where position = $1'),
  atCopy("a time of the notary's is changed", `update heard_record set recorded_at = recorded_at + interval '1 hour' where position = $1`),
  atKey('a wrapped key is changed', `update keyring.data_key set wrapped = ${flipped('wrapped')} where id = $1`),
  atKey(
    'a wrapped key is replaced by another one',
    'update keyring.data_key set wrapped = (select wrapped from keyring.data_key where id <> $1 limit 1) where id = $1',
  ),
  atKey('a key goes to another subject', `update keyring.data_key set subject = 'somebody-else' where id = $1`),
  atKey('a key goes to another tenant', `update keyring.data_key set tenant = 'tidepay' where id = $1`),
  atKey('a key is restricted without an order', `update keyring.data_key set state = 'restricted' where id = $1`),
  atKey('a key is destroyed without an order', `update keyring.data_key set state = 'destroyed', wrapped = null where id = $1`),
  atKey('a key is deleted', 'delete from keyring.data_key where id = $1'),
  {
    table: 'keyring.secret',
    does: 'the secret of the house is changed',
    edit: async ({ client }) => {
      await client.query(`update keyring.secret set wrapped = ${flipped('wrapped')} where name = 'house'`);
      return { id: 'house' };
    },
  },
];
