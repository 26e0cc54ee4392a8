import { edgeRefusals } from './codes.js';
import { fieldCodes } from './field-codes.js';
import type { FieldProblem, Problem, ProblemLanguage, Refusals, Worded } from './refusing.js';

/** Where a problem's `type` points: one page lists them all (docs/problems.md). */
export const PROBLEMS_AT = 'https://recourse.example/problems/';

/** An RFC 9457 problem document with our extension members. */
export type ProblemDocument = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  /** What the caller can do about it. */
  readonly advice?: string;
  readonly instance?: string;
  readonly errors?: readonly FieldProblem[];
  readonly facts?: Readonly<Record<string, string | number>>;
};

/** The language a caller would read, of those we write: the highest weight of Accept-Language wins, `otherwise` when he does not say. */
export const languageOf = (acceptLanguage: string | undefined, otherwise: ProblemLanguage = 'en'): ProblemLanguage => {
  const wishes = (acceptLanguage ?? '')
    .split(',')
    .map((wish) => {
      const [tag = '', ...parameters] = wish.split(';').map((part) => part.trim().toLowerCase());
      const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
      return { language: ours(tag), weight: Number.isFinite(weight) ? weight : 0 };
    })
    .filter(({ language, weight }) => language !== undefined && weight > 0)
    .sort((one, other) => other.weight - one.weight);
  return wishes[0]?.language ?? otherwise;
};

const ours = (tag: string): ProblemLanguage | undefined => (/^zh(-|$)/.test(tag) ? 'zh-CN' : /^en(-|$)/.test(tag) ? 'en' : undefined);

type Facts = Readonly<Record<string, string | number>>;

/** `{name}` becomes that fact; a fact that is not there leaves its name standing. */
export const filled = (text: string, facts: Facts = {}): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));

/** The document of a problem, worded from the catalogue of the service and of the edge. */
export const problemDocument = (problem: Problem, language: ProblemLanguage, catalogue: Refusals, instance?: string): ProblemDocument => {
  const { status, code, facts, detail } = problem;
  const entry = catalogue[code] ?? (edgeRefusals as Refusals)[code];
  const errors = problem.errors?.map((error) => wordedField(error, language, catalogue, facts));
  return {
    type: PROBLEMS_AT + code,
    title: filled(entry?.title[language] ?? code, facts),
    status,
    code,
    ...(detail !== undefined && { detail }),
    ...(entry && { advice: filled(entry.advice[language], facts) }),
    ...(instance !== undefined && { instance }),
    ...(errors && errors.length > 0 && { errors }),
    ...(facts && { facts }),
  };
};

const wordedField = ({ facts, ...error }: FieldProblem, language: ProblemLanguage, catalogue: Refusals, whole?: Facts): FieldProblem => {
  const words =
    (fieldCodes as Readonly<Record<string, Worded>>)[error.code] ??
    catalogue[error.code]?.title ??
    (edgeRefusals as Refusals)[error.code]?.title;
  return words ? { ...error, detail: error.detail ?? filled(words[language], { ...whole, ...facts }) } : error;
};
