import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from './refusing.js';

/** The values of the ordering properties of the row at the edge of a page. */
export type Key = readonly (string | number)[];
/** Where a page begins: at the start, after a row, or (going back) before one. */
export type Where = { readonly limit: number; readonly after?: Key; readonly before?: Key };

const usualLimit = 50;
const largestLimit = 200;

/** Everything a cursor is good for: one tenant, one list, one set of filters. */
export type ListScope = { readonly secret: Uint8Array; readonly tenant: string; readonly url: string };

const wrong = (parameter: string, code: string, facts?: Readonly<Record<string, number>>) =>
  new Problem(400, 'request-invalid', { errors: [{ parameter, code, ...(facts && { facts }) }] });

/** Reads `limit` and `cursor` of the address asked for. */
export const whereOf = (scope: ListScope): Where => {
  const query = new URL(scope.url, 'http://list').searchParams;
  for (const name of ['limit', 'cursor']) if (query.getAll(name).length > 1) throw wrong(name, 'given-twice');
  const asked = query.get('limit') ?? String(usualLimit);
  const limit = /^\d{1,3}$/.test(asked) ? Number(asked) : 0;
  if (limit < 1 || limit > largestLimit) throw wrong('limit', 'number-out-of-range', { from: 1, to: largestLimit });
  const cursor = query.get('cursor');
  return { limit, ...(cursor !== null && read(cursor, scope)) };
};

type Direction = 'after' | 'before';

const read = (cursor: string, scope: ListScope): Pick<Where, Direction> => {
  const [payload = '', seal = ''] = cursor.split('.');
  const given = Buffer.from(seal);
  const expected = Buffer.from(sealOf(payload, scope));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Problem(400, 'cursor-not-ours');
  const [direction, ...key] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as [Direction, ...(string | number)[]];
  return { [direction]: key };
};

const sealOf = (payload: string, scope: ListScope): string =>
  createHmac('sha256', scope.secret)
    .update(`${scope.tenant}\n${listOf(scope.url)}\n${payload}`)
    .digest('base64url')
    .slice(0, 24);

/** The list itself: the address without cursor and limit, its filters in one order. */
const listOf = (url: string): string => {
  const { pathname, searchParams } = new URL(url, 'http://list');
  searchParams.delete('cursor');
  searchParams.delete('limit');
  searchParams.sort();
  return `${pathname}?${searchParams.toString()}`;
};

const linkTo = (direction: Direction, key: Key, scope: ListScope): string => {
  const payload = Buffer.from(JSON.stringify([direction, ...key])).toString('base64url');
  const { pathname, searchParams } = new URL(scope.url, 'http://list');
  searchParams.set('cursor', `${payload}.${sealOf(payload, scope)}`);
  return `<${pathname}?${searchParams.toString()}>; rel="${direction === 'after' ? 'next' : 'prev'}"`;
};

/** One page out of up to `limit + 1` rows read in the direction asked, and the Link header to its neighbours. */
export const pageOf = <Row>(
  read: readonly Row[],
  where: Where,
  keyOf: (row: Row) => Key,
  scope: ListScope,
): { readonly items: readonly Row[]; readonly link: string | undefined } => {
  const more = read.length > where.limit;
  const within = read.slice(0, where.limit);
  const items = where.before ? within.reverse() : within;
  const [first, last] = [items[0], items.at(-1)];
  const hasNext = where.before ? true : more;
  const hasPrevious = where.before ? more : where.after !== undefined;
  const links = [
    ...(hasNext && last !== undefined ? [linkTo('after', keyOf(last), scope)] : []),
    ...(hasPrevious && first !== undefined ? [linkTo('before', keyOf(first), scope)] : []),
  ];
  return { items, link: links.join(', ') || undefined };
};
