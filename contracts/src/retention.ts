/** What starts a period: the complaint was received, its case was closed, money moved because of it. */
export const retentionStarts = ['received', 'closed', 'money-moved'] as const;
export type RetentionStart = (typeof retentionStarts)[number];

/** Whose laws a platform may answer to, and what it may offer: closed lists, so that a table says nothing else. */
export const retentionJurisdictions = ['cn', 'eu', 'hk', 'sg', 'uk', 'us'] as const;
export const retentionProducts = ['wallet', 'card', 'credit', 'investment', 'collective-investment'] as const;

/** One period: whose law, for what product, from what on, how long, by which rule, read where. */
export type RetentionRow = {
  /** `uk`, `cn`; `any` for all. */
  readonly jurisdiction: string;
  readonly product: string;
  readonly starts: RetentionStart;
  /** Calendar years, months and days: `P5Y`, `P12M`, `P90D`. */
  readonly duration: string;
  /** The rule, as a code: `fca-disp-1.9.1r`. */
  readonly basis: string;
  readonly source: string;
  /** False: nobody has read it in the law itself. */
  readonly verified: boolean;
};

/** What holds for a platform: whose laws it answers to, what it offers, and the periods. Version 0 is the committed one. */
export type RetentionTable = {
  readonly version: number;
  readonly jurisdictions: readonly string[];
  readonly products: readonly string[];
  readonly rows: readonly RetentionRow[];
};

/** When what happened that may start a period. */
export type RetentionFacts = { readonly [Start in RetentionStart]?: string };

/** Until when a matter is kept, and which row says so. */
export type KeptUntil = {
  readonly until: string;
  readonly basis: string;
  readonly jurisdiction: string;
  readonly starts: RetentionStart;
  readonly duration: string;
};

export const retentionDuration = /^P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})D)?$/;

/** An instant moved by calendar years, months and days (UTC): the last day of a month stays the last when the month it comes to is shorter. */
export const calendarPlus = (at: string, duration: string): string => {
  const found = retentionDuration.exec(duration);
  if (!found) throw new Error(`not a duration of years, months, days: ${duration}`);
  const [years, months, days] = found.slice(1).map((part) => Number(part ?? 0));
  const from = new Date(at);
  const month = from.getUTCMonth() + years! * 12 + months!;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay);
  const time = from.getTime() - Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate());
  return new Date(Date.UTC(from.getUTCFullYear(), month, day + days!) + time).toISOString();
};

/** The rows that apply: by jurisdiction, by product, and whose start has happened. */
const applying = ({ jurisdictions, products, rows }: RetentionTable, facts: RetentionFacts): readonly RetentionRow[] =>
  rows.filter(
    ({ jurisdiction, product, starts }) =>
      (jurisdiction === 'any' || jurisdictions.includes(jurisdiction)) &&
      (product === 'any' || products.includes(product)) &&
      facts[starts] !== undefined,
  );

/** The longest period that applies; undefined when none does. Which row says so does not depend on their order. */
export const keptUntil = (table: RetentionTable, facts: RetentionFacts): KeptUntil | undefined =>
  applying(table, facts)
    .map(({ jurisdiction, starts, duration, basis }) => ({
      ...{ until: calendarPlus(facts[starts]!, duration), basis, jurisdiction, starts, duration },
    }))
    .sort(
      (one, other) => compare(other.until, one.until) || compare(one.basis, other.basis) || compare(one.jurisdiction, other.jurisdiction),
    )[0];

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
