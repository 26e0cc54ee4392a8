import pg from 'pg';
import { ForeignRow, type Gathering, type RowClass, type Shape, type Tenanted } from './gathering.js';
import type { Queryable } from './reading.js';

const chunk = 2_000; // rows of one statement

/** Where a generation of a view keeps its tables. */
export type Target = { readonly schema: string; readonly tables: readonly RowClass[]; readonly shapeOf: (table: RowClass) => Shape };

/**
 * Writes what a batch gathered: for each table one query for the rows that changes need, one upsert, one delete. Rows travel as one JSON text,
 * whose members PostgreSQL reads by the types of the table; a statement each would cost more than all the folding.
 */
export const store = async (client: Queryable, gathering: Gathering, target: Target): Promise<void> => {
  for (const table of target.tables) {
    const shape = target.shapeOf(table);
    const name = nameIn(target.schema, shape);
    for (let wanted = gathering.wanted(table); wanted.length > 0; wanted = [])
      gathering.merge(table, await fetchRows(client, name, shape, wanted));
    for (const rows of chunks(gathering.outcome(table).there)) await upsert(client, name, shape, rows);
  }
  // What others refer to goes last.
  for (const table of [...target.tables].reverse()) {
    const shape = target.shapeOf(table);
    for (const rows of chunks(gathering.outcome(table).gone)) await remove(client, nameIn(target.schema, shape), shape, rows);
  }
};

/** Into empty tables that have no index yet: nothing to look up, nothing to replace. */
export const load = async (client: Queryable, gathering: Gathering, { schema, tables, shapeOf }: Target): Promise<void> => {
  for (const table of tables) {
    const shape = shapeOf(table);
    gathering.merge(
      table,
      gathering.wanted(table).map(() => undefined),
    );
    for (const rows of chunks(gathering.outcome(table).there)) {
      const columns = columnsOf(shape.members);
      await client.query(
        `insert into ${nameIn(schema, shape)} (${columns}) select ${columns} from json_populate_recordset(null::${nameIn(schema, shape)}, $1)`,
        [jsonOf(shape.members, rows)],
      );
    }
  }
};

const quoted = pg.escapeIdentifier;
const nameIn = (schema: string, { table }: Shape): string => `${quoted(schema)}.${quoted(table)}`;
const columnsOf = (members: Shape['members'], of = ''): string => members.map(({ column }) => of + quoted(column)).join(', ');
const matching = ({ key }: Shape, one: string, other: string): string =>
  key.map(({ column }) => `${one}.${quoted(column)} = ${other}.${quoted(column)}`).join(' and ');

const fetchRows = async (client: Queryable, name: string, shape: Shape, keys: readonly object[]): Promise<(Tenanted | undefined)[]> => {
  const { rows } = await client.query<[number, ...unknown[]]>({
    text: `select k.ordinality::integer, ${columnsOf(shape.members, 't.')}
           from json_populate_recordset(null::${name}, $1) with ordinality k join ${name} t on ${matching(shape, 't', 'k')}`,
    values: [jsonOf(shape.key, keys)],
    rowMode: 'array',
  } as pg.QueryArrayConfig);
  const found: (Tenanted | undefined)[] = keys.map(() => undefined);
  for (const [n, ...values] of rows)
    found[n - 1] = Object.fromEntries(shape.members.map(({ property }, at) => [property, values[at]])) as Tenanted;
  return found;
};

const upsert = async (client: Queryable, name: string, shape: Shape, rows: readonly Tenanted[]) => {
  const keys = new Set(shape.key.map(({ column }) => column));
  const others = shape.members.filter(({ column }) => !keys.has(column));
  const set = (others.length > 0 ? others : shape.key).map(({ column }) => `${quoted(column)} = excluded.${quoted(column)}`);
  const { rowCount } = await client.query(
    `insert into ${name} as t (${columnsOf(shape.members)})
     select ${columnsOf(shape.members)} from json_populate_recordset(null::${name}, $1)
     on conflict (${columnsOf(shape.key)}) do update set ${set.join(', ')} where t.tenant = excluded.tenant`,
    [jsonOf(shape.members, rows)],
  );
  if (rowCount !== rows.length) throw new ForeignRow(shape.table);
};

const remove = async (client: Queryable, name: string, shape: Shape, rows: readonly Tenanted[]) => {
  const tenant = { property: 'tenant', column: 'tenant' };
  await client.query(
    `delete from ${name} t using json_populate_recordset(null::${name}, $1) k where ${matching(shape, 't', 'k')} and t.tenant = k.tenant`,
    [jsonOf([...shape.key, tenant], rows)],
  );
};

const jsonOf = (members: Shape['members'], rows: readonly object[]): string =>
  JSON.stringify(rows.map((row) => Object.fromEntries(members.map(({ property, column }) => [column, valueOf(row, property)]))));

const valueOf = (row: object, property: string): unknown => {
  const value = (row as Record<string, unknown>)[property];
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value;
};

function* chunks<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += chunk) yield items.slice(at, at + chunk);
}
