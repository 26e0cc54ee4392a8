import type { Refusal } from '@recourse/decider';

/** The languages in which problems are answered. */
export type ProblemLanguage = 'en' | 'zh-CN';
export type Worded = Readonly<Record<ProblemLanguage, string>>;

/** One "no" as the caller reads it. `{name}` in a text is replaced by that fact of the refusal. */
export type RefusalText = {
  /** 409 when left out: the state says no. 422: what was sent says no. */
  readonly status?: number;
  readonly title: Worded;
  /** What the caller can do about it. */
  readonly advice: Worded;
};

/** Every "no" of an aggregate: `export const refusals = { 'case-is-not-open': {…} } as const satisfies Refusals`. */
export type Refusals = Readonly<Record<string, RefusalText>>;

/** What is wrong with one field: an RFC 6901 pointer into the body, or the name of a query or path parameter. */
export type FieldProblem = {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly header?: string;
  readonly code: string;
  /** Left out: the words of the code in the caller's language. */
  readonly detail?: string;
  /** Fill the `{name}`s of those words; not answered. */
  readonly facts?: Readonly<Record<string, string | number>>;
};

export type ProblemMore = {
  /** Plain words in English for what the catalogue cannot know; never personal data. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldProblem[];
  readonly facts?: Readonly<Record<string, string | number>>;
  readonly cause?: unknown;
};

/** Thrown anywhere in a request, answered as an RFC 9457 document with the title and advice of its code in the caller's language. */
export class Problem extends Error {
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldProblem[] | undefined;
  readonly facts: Readonly<Record<string, string | number>> | undefined;

  constructor(
    readonly status: number,
    readonly code: string,
    { detail, headers = {}, errors, facts, cause }: ProblemMore = {},
  ) {
    super(detail ?? code, { cause });
    this.detail = detail;
    this.headers = headers;
    this.errors = errors;
    this.facts = facts;
  }
}

/** All refusals of a service in one catalogue. */
export const catalogueOf = (refusals: Refusals | readonly Refusals[]): Refusals => Object.assign({}, ...[refusals].flat()) as Refusals;

/** A refusal of a decision as a problem: its status from the catalogue, a line of `errors` for each field it points at. */
export const refusedBy = (refusal: Refusal, refusals: Refusals | readonly Refusals[]): Problem => {
  const { refused: code, pointers = [], facts } = refusal;
  const entry = catalogueOf(refusals)[code];
  if (!entry) throw new Error(`The refusal ${code} stands in no refusals.ts of this service`);
  return new Problem(entry.status ?? 409, code, {
    ...(pointers.length > 0 && { errors: pointers.map((pointer) => ({ pointer, code })) }),
    ...(facts && { facts }),
  });
};
