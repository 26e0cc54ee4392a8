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
  readonly detail?: string;
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
