import type { ValidationError } from '@nestjs/common';
import type { RuleContext } from './fields.js';
import type { FieldProblem } from './refusing.js';

/** class-validator's names are its own affair and change with it; these codes are ours and stay. */
const codes: Readonly<Record<string, string>> = {
  whitelistValidation: 'unknown-field',
  unknownValue: 'not-an-object',
  isDefined: 'field-missing',
  isNotEmpty: 'field-missing',
  isString: 'not-text',
  minLength: 'text-too-short',
  maxLength: 'text-too-long',
  isLength: 'text-too-long',
  isNumber: 'not-a-number',
  isInt: 'not-a-whole-number',
  isPositive: 'number-too-small',
  min: 'number-too-small',
  max: 'number-too-large',
  isBoolean: 'not-true-or-false',
  isArray: 'not-a-list',
  arrayMinSize: 'list-too-short',
  arrayNotEmpty: 'list-too-short',
  arrayMaxSize: 'list-too-long',
  arrayUnique: 'list-has-duplicates',
  isObject: 'not-an-object',
  isNotEmptyObject: 'not-an-object',
  nestedValidation: 'not-an-object',
  isIn: 'code-unknown',
  isEnum: 'code-unknown',
  isEmail: 'e-mail-malformed',
  isUrl: 'address-malformed',
  isUuid: 'id-malformed',
  isIso8601: 'instant-malformed',
  isRfc3339: 'instant-malformed',
  isDateString: 'instant-malformed',
  matches: 'malformed',
};

const codeOf = (constraint: string): string =>
  codes[constraint] ?? (constraint.includes('-') ? constraint : constraint.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));

/** As a segment of a JSON pointer (RFC 6901). */
export const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Where in the request a field stood: a body has pointers, a query and a path have parameters. */
export type Place = 'body' | 'parameter';

/** Every broken rule of a DTO as one line of `errors`, in the order of the fields, one line a field where one says it all. */
export const fieldProblems = (errors: readonly ValidationError[], place: Place, at = ''): readonly FieldProblem[] =>
  errors.flatMap((error) => {
    const path = `${at}/${escaped(error.property)}`;
    return [...ownProblems(error, place, path), ...fieldProblems(error.children ?? [], place, path)];
  });

const ownProblems = (error: ValidationError, place: Place, path: string): FieldProblem[] => {
  const broken = Object.keys(error.constraints ?? {});
  if (broken.length === 0) return [];
  const located = (suffix = '') => (place === 'body' ? { pointer: path + suffix } : { parameter: path.slice(1) + suffix });
  if (error.value === undefined && !broken.includes('whitelistValidation')) return [{ ...located(), code: 'field-missing' }];
  return broken.flatMap((constraint) => {
    const code = codeOf(constraint);
    const { facts, bad } = contextOf(error, constraint);
    const indexes = bad?.(error.value) ?? [];
    const suffixes = indexes.length > 0 ? indexes.map((index) => `/${index}`) : [''];
    return suffixes.map((suffix) => ({ ...located(suffix), code, ...(facts && { facts }) }));
  });
};

const contextOf = (error: ValidationError, constraint: string): RuleContext =>
  (error.contexts as Readonly<Record<string, RuleContext>> | undefined)?.[constraint] ?? {};
