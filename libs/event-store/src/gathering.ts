/** A row of a view's table. It belongs to the tenant of the record that made it. */
export type Tenanted = { tenant: string };
/** The class that describes a table. */
export type RowClass<Row extends Tenanted = Tenanted> = abstract new () => Row;

/** What a view does about a record. Nothing is read: what a change needs of the table is fetched when the batch ends. */
export type Rows = {
  /** There is this row, whole; one of the same key is replaced. */
  put<Row extends Tenanted>(table: RowClass<Row>, row: NoInfer<Row>): void;
  /** The row of this key changes in this; a function is told the row as it stands. Where there is none there will be `otherwise`, if given. */
  change<Row extends Tenanted>(
    table: RowClass<Row>,
    key: Partial<NoInfer<Row>>,
    change: Partial<NoInfer<Row>> | ((row: NoInfer<Row>) => Partial<NoInfer<Row>>),
    otherwise?: NoInfer<Row>,
  ): void;
  /** There is no row of this key any more. */
  remove<Row extends Tenanted>(table: RowClass<Row>, key: Partial<NoInfer<Row>>): void;
};

/** A table as its class describes it: the members of a row, and which of them are its key. */
export type Shape = { readonly table: string; readonly members: readonly Member[]; readonly key: readonly Member[] };
export type Member = { readonly property: string; readonly column: string };

/** A view wanted to touch a row of another tenant than the record's. */
export class ForeignRow extends Error {
  constructor(table: string) {
    super(`A row of ${table} belongs to another tenant than the record that wants to write it.`);
    this.name = 'ForeignRow';
  }
}

type Loose = Tenanted & Readonly<Record<string, unknown>>;
type Change = {
  readonly tenant: string;
  readonly change: Partial<Loose> | ((row: Loose) => Partial<Loose>);
  readonly otherwise: Loose | undefined;
};
/** What is known of a row in the middle of a batch: all of it, that it is gone, or only what has been done to it. */
type Fate =
  | { readonly is: 'there'; readonly row: Loose }
  | { readonly is: 'gone'; readonly tenant: string; readonly key: Loose }
  | { readonly is: 'changed'; readonly key: Partial<Loose>; readonly changes: Change[] };

/**
 * The rows of one batch, gathered in memory record after record as if each had been written at once. A row that is written a hundred times is
 * stored once. The answer is the same as record by record: `gathering.spec.ts` compares the two.
 */
export class Gathering implements Rows {
  readonly #tables = new Map<RowClass, Map<string, Fate>>();
  #tenant = '';
  #size = 0;

  constructor(private readonly shapeOf: (table: RowClass) => Shape) {}

  /** From here on rows are written for this record. */
  by({ tenant }: Tenanted): this {
    this.#tenant = tenant;
    return this;
  }

  /** How many rows have been touched. */
  get size(): number {
    return this.#size;
  }

  put<Row extends Tenanted>(table: RowClass<Row>, row: NoInfer<Row>): void {
    const { table: name, key } = this.shapeOf(table);
    const known = this.#known(table, row);
    if (row.tenant !== this.#tenant || (known?.is === 'there' && known.row.tenant !== this.#tenant)) throw new ForeignRow(name);
    this.#settle(table, keyTextOf(key, row), { is: 'there', row: row as unknown as Loose });
  }

  change<Row extends Tenanted>(
    table: RowClass<Row>,
    key: Partial<NoInfer<Row>>,
    change: Partial<NoInfer<Row>> | ((row: NoInfer<Row>) => Partial<NoInfer<Row>>),
    otherwise?: NoInfer<Row>,
  ): void {
    const shape = this.shapeOf(table);
    const known = this.#known(table, key);
    const text = keyTextOf(shape.key, key);
    const one = { tenant: this.#tenant, change, otherwise } as unknown as Change;
    if (known?.is === 'changed') known.changes.push(one);
    else if (!known) this.#settle(table, text, { is: 'changed', key: key as Partial<Loose>, changes: [one] });
    else {
      const row = changed(shape, known.is === 'there' ? known.row : undefined, one);
      if (row) this.#settle(table, text, { is: 'there', row });
    }
  }

  remove<Row extends Tenanted>(table: RowClass<Row>, key: Partial<NoInfer<Row>>): void {
    const { table: name, key: members } = this.shapeOf(table);
    const known = this.#known(table, key);
    if (known?.is === 'there' && known.row.tenant !== this.#tenant) throw new ForeignRow(name);
    const gone = { ...key, tenant: this.#tenant } as unknown as Loose;
    this.#settle(table, keyTextOf(members, key), { is: 'gone', tenant: this.#tenant, key: gone });
  }

  /** Keys of the rows whose changes need what stands in the table. */
  wanted(table: RowClass): readonly Partial<Loose>[] {
    return [...(this.#tables.get(table)?.values() ?? [])].flatMap((fate) => (fate.is === 'changed' ? [fate.key] : []));
  }

  /** Merges the changes with the rows that were wanted, in the order in which they were wanted; undefined where there is none. */
  merge(table: RowClass, found: readonly (Tenanted | undefined)[]): void {
    const shape = this.shapeOf(table);
    this.wanted(table).forEach((key, index) => {
      const text = keyTextOf(shape.key, key);
      const fate = this.#tables.get(table)!.get(text) as Extract<Fate, { is: 'changed' }>;
      const row = fate.changes.reduce((so, one) => changed(shape, so, one), found[index] as Loose | undefined);
      if (row) this.#tables.get(table)!.set(text, { is: 'there', row });
      else this.#tables.get(table)!.delete(text); // a change of nothing is none
    });
  }

  /** What has to be written once everything is merged. */
  outcome(table: RowClass): { readonly there: readonly Tenanted[]; readonly gone: readonly Tenanted[] } {
    const fates = [...(this.#tables.get(table)?.values() ?? [])];
    return {
      there: fates.flatMap((fate) => (fate.is === 'there' ? [fate.row] : [])),
      gone: fates.flatMap((fate) => (fate.is === 'gone' ? [fate.key] : [])),
    };
  }

  #known(table: RowClass, key: object): Fate | undefined {
    return this.#tables.get(table)?.get(keyTextOf(this.shapeOf(table).key, key));
  }

  #settle(table: RowClass, key: string, fate: Fate) {
    const rows = this.#tables.get(table) ?? new Map<string, Fate>();
    if (!rows.has(key)) this.#size++;
    this.#tables.set(table, rows.set(key, fate));
  }
}

const changed = ({ table, key }: Shape, row: Loose | undefined, { tenant, change, otherwise }: Change): Loose | undefined => {
  const partial = row && typeof change === 'function' ? change(row) : (change as Partial<Loose>);
  const next = row ? { ...row, ...partial } : otherwise;
  if (next && ((row ?? next).tenant !== tenant || next.tenant !== tenant)) throw new ForeignRow(table);
  if (row && keyTextOf(key, next!) !== keyTextOf(key, row))
    throw new Error(`A row of ${table} cannot change its key: remove it and put another.`);
  return next;
};

const keyTextOf = (key: readonly Member[], row: object): string => {
  const values = key.map(({ property }) => (row as Record<string, unknown>)[property]);
  const missing = values.findIndex((value) => value === undefined || value === null);
  if (missing >= 0) throw new Error(`A key without ${key[missing]!.property} names no row.`);
  return values.length === 1 ? String(values[0]) : JSON.stringify(values);
};
