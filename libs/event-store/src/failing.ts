/** The database could not be reached for so long that we gave up. Whether the request was recorded is unknown: ask again under the same key. */
export class StoreUnreachable extends Error {
  readonly retryAfter = 5;
  constructor(cause: unknown) {
    super('The event store cannot be reached.', { cause });
    this.name = 'StoreUnreachable';
  }
}

/** A programming error or a damaged log; never something a caller can put right. */
export class AppendRefused extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'AppendRefused';
  }
}

type Failure = { readonly name?: unknown; readonly code?: unknown } | undefined;

const sqlState = (error: unknown): string => {
  const code = (error as Failure)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : '';
};

/** No reply came, for all we know: the connection broke (as node-pg and sockets say it), or the server said that it is ending it. */
export const isLost = (error: unknown): boolean =>
  /^(08|57P|40003)/.test(sqlState(error)) || (sqlState(error) === '' && /^(Aggregate)?Error$/.test(String((error as Failure)?.name)));

/** Lost, or refused for a moment (locks, time-outs, too many connections): the same request may succeed in a moment. */
export const isPassing = (error: unknown): boolean => isLost(error) || /^(40|53300|55P03|57014)/.test(sqlState(error));
