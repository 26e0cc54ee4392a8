import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { Key, Where } from './listing.js';

export type Listing<Row extends ObjectLiteral> = {
  /** The rows with all filters applied, unordered; runs as the tenant. */
  readonly rows: (manager: EntityManager) => SelectQueryBuilder<Row>;
  /** Properties of the row that order it; together unique, none of them null. */
  readonly order: readonly (keyof Row & string)[];
  readonly descending?: boolean;
  readonly show?: (row: Row) => object;
};

/** Reads `limit + 1` rows from where the page begins, by comparing whole rows of ordering columns (so an index can be walked). */
export const rowsFrom = <Row extends ObjectLiteral>(
  manager: EntityManager,
  { rows, order, descending = false }: Listing<Row>,
  where: Where,
): Promise<Row[]> => {
  const builder = rows(manager);
  const columns = order.map((property) => `${builder.alias}.${property}`);
  const from = where.before ?? where.after;
  const downwards = descending !== (where.before !== undefined);
  if (from) {
    const values = Object.fromEntries(from.map((value, at) => [`key${at}`, value]));
    builder.andWhere(`(${columns.join(', ')}) ${downwards ? '<' : '>'} (${order.map((_, at) => `:key${at}`).join(', ')})`, values);
  }
  for (const column of columns) builder.addOrderBy(column, downwards ? 'DESC' : 'ASC');
  return builder.limit(where.limit + 1).getMany();
};

/** The ordering values of a row, as they travel in a cursor. */
export const keyOf =
  <Row extends ObjectLiteral>(order: readonly (keyof Row & string)[]) =>
  (row: Row): Key =>
    order.map((property) => {
      const value: unknown = row[property];
      return value instanceof Date ? value.toISOString() : typeof value === 'number' ? value : String(value);
    });
