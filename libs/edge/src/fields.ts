import { exponentOf, idLooksPersonal, platformId } from '@recourse/contracts';
import { applyDecorators } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';

/** What a decorator says of a field in the OpenAPI document. */
export type FieldSchema = Readonly<Record<string, unknown>>;
type Constructor = abstract new (...args: never[]) => object;

const schemas = new Map<string, Map<string, FieldSchema>>();

/** Schemas of all decorated fields, by class name and property: the document takes what TypeScript's types cannot say from here. */
export const fieldSchemas = (): ReadonlyMap<string, ReadonlyMap<string, FieldSchema>> => schemas;

const documented =
  (schema: FieldSchema): PropertyDecorator =>
  (target, property) => {
    const fields = schemas.get(target.constructor.name) ?? new Map<string, FieldSchema>();
    schemas.set(target.constructor.name, fields.set(String(property), { ...fields.get(String(property)), ...schema }));
  };

type Facts = Readonly<Record<string, string | number>>;
/** What the problem document needs of a failed rule: facts for its wording, and which elements of a list failed. */
export type RuleContext = { readonly facts?: Facts; readonly bad?: (value: unknown) => readonly number[] };

const codes = new Set<string>();

/** Every code a field's rule may fail with: each must be worded somewhere. */
export const codesInUse = (): ReadonlySet<string> => codes;

/** One rule with a stable code; the same code is the constraint's name, so a problem shows it unchanged. */
const rule = (code: string, holds: (value: unknown) => boolean, facts?: Facts): PropertyDecorator => {
  codes.add(code);
  return ValidateBy(
    { name: code, validator: { validate: holds, defaultMessage: () => code } },
    { context: { ...(facts && { facts }) } satisfies RuleContext },
  );
};

/** The same rule for each element of a list; the problem points at the elements that fail. */
const ruleOfEach = (code: string, holds: (value: unknown) => boolean, facts?: Facts): PropertyDecorator => {
  codes.add(code);
  const bad = (value: unknown) => (Array.isArray(value) ? value.flatMap((element, at) => (holds(element) ? [] : [at])) : []);
  const context: RuleContext = { bad, ...(facts && { facts }) };
  return ValidateBy({ name: code, validator: { validate: (value) => bad(value).length === 0, defaultMessage: () => code } }, { context });
};

const isText = (value: unknown): value is string => typeof value === 'string';
const lengthOf = (text: string) => [...text].length;

/** Marks a field that may be left out, in the schema a decorator keeps; never shown. */
export const MAY_BE_LEFT_OUT = 'x-may-be-left-out';

/** May be left out. `null` is not nothing: it is refused like any other wrong value. */
export const Optional = () =>
  applyDecorators(
    ValidateIf((_object, value) => value !== undefined),
    documented({ [MAY_BE_LEFT_OUT]: true }),
  );

/** Plain text of 1 to `max` characters (code points), already NFC and without NUL. Blank text is refused. */
export const Text = (max: number, { min = 1 }: { min?: number } = {}) =>
  applyDecorators(
    rule('not-text', isText),
    rule('text-is-blank', (value) => !isText(value) || min === 0 || value.trim() !== ''),
    rule('text-too-short', (value) => !isText(value) || value === '' || lengthOf(value) >= min, { min }),
    rule('text-too-long', (value) => !isText(value) || lengthOf(value) <= max, { max }),
    documented({ type: 'string', minLength: min, maxLength: max, ...(min > 0 && { pattern: '\\S' }) }),
  );

/** A list of texts. */
export const TextList = (max: number, { most = 50 }: { most?: number } = {}) =>
  applyDecorators(
    listOf(most),
    ruleOfEach('not-text', isText),
    ruleOfEach('text-too-long', (value) => !isText(value) || lengthOf(value) <= max, { max }),
    documented({ type: 'array', maxItems: most, items: { type: 'string', maxLength: max } }),
  );

/** One of a closed list of codes. */
export const IsCode = (codes: readonly string[]) =>
  applyDecorators(
    rule('code-unknown', (value) => isText(value) && codes.includes(value), { known: codes.join(', ') }),
    documented({ type: 'string', enum: [...codes] }),
  );

/** A list of codes, each of them known. */
export const IsCodeList = (codes: readonly string[], { most = 50, least = 0 }: { most?: number; least?: number } = {}) =>
  applyDecorators(
    listOf(most, least),
    ruleOfEach('code-unknown', (value) => isText(value) && codes.includes(value), { known: codes.join(', ') }),
    documented({ type: 'array', minItems: least, maxItems: most, items: { type: 'string', enum: [...codes] } }),
  );

/** Text of a given shape; the code says what it should have been (`badge-malformed`). */
export const Shaped = (pattern: RegExp, code: string) =>
  applyDecorators(
    rule(code, (value) => isText(value) && pattern.test(value)),
    documented({ type: 'string', pattern: pattern.source }),
  );

/** An id the platform brings: opaque, 1 to 64 of `A-Za-z0-9._~-`, and nothing that could be a telephone, card, identity-card number or e-mail address. */
export const IsPlatformId = () =>
  applyDecorators(
    rule('platform-id-malformed', (value) => isText(value) && (platformId.test(value) || idLooksPersonal(value))),
    rule('id-looks-personal', (value) => !isText(value) || !idLooksPersonal(value)),
    documented({ type: 'string', pattern: platformId.source }),
  );

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** An id of this house: a UUIDv7 in lower case. */
export const IsUuidV7 = () =>
  applyDecorators(
    rule('id-malformed', (value) => isText(value) && uuidV7.test(value)),
    documented({ type: 'string', format: 'uuid', pattern: uuidV7.source }),
  );

/** RFC 3339 with any offset; arrives in the handler as UTC with milliseconds. */
export const IsInstant = () =>
  applyDecorators(
    rule('instant-malformed', (value) => isText(value) && instantOf(value) !== undefined),
    Transform(({ value }: { value: unknown }) => (isText(value) ? (instantOf(value) ?? value) : value)),
    documented({ type: 'string', format: 'date-time' }),
  );

/** A text as an instant, undefined when it is none (an offset is required; the 31st of February is none). */
export const instantOf = (text: string): string | undefined => {
  const found = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/.exec(text);
  if (!found) return undefined;
  const [, day = '', time = '', fraction = '', zone = ''] = found;
  // Date.parse forgives the 31st of February: the day must survive the journey.
  if (new Date(`${day}T00:00:00Z`).toString() === 'Invalid Date' || new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day)
    return undefined;
  const parsed = new Date(`${day}T${time}${fraction.slice(0, 4)}${zone.toUpperCase()}`);
  if (Number.isNaN(parsed.getTime()) || /^-|^\+/.test(parsed.toISOString())) return undefined;
  return parsed.toISOString();
};

/** A calendar day, `YYYY-MM-DD`. */
export const IsDay = () =>
  applyDecorators(
    rule('day-malformed', (value) => isText(value) && /^\d{4}-\d{2}-\d{2}$/.test(value) && instantOf(`${value}T00:00:00Z`) !== undefined),
    documented({ type: 'string', format: 'date' }),
  );

/** A whole number between two bounds. In a query it comes as text and arrives as a number. */
export const IsCount = ({ from = 0, to = Number.MAX_SAFE_INTEGER }: { from?: number; to?: number } = {}) =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => value),
    rule('not-a-whole-number', (value) => Number.isSafeInteger(value)),
    rule('number-out-of-range', (value) => !Number.isSafeInteger(value) || (Number(value) >= from && Number(value) <= to), { from, to }),
    documented({ type: 'integer', minimum: from, maximum: to }),
  );

/** `IsCount` for a query parameter. */
export const IsQueryCount = (bounds: { from?: number; to?: number } = {}) =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (isText(value) && /^-?\d{1,16}$/.test(value) ? Number(value) : value)),
    IsCount(bounds),
  );

/** True or false, and nothing like them. */
export const IsFlag = () =>
  applyDecorators(
    rule('not-true-or-false', (value) => typeof value === 'boolean'),
    documented({ type: 'boolean' }),
  );

/** SHA-256 in base64url, as records carry hashes. */
export const IsHash = () => Shaped(/^[A-Za-z0-9_-]{43}$/, 'hash-malformed');

/** ISO 4217, and known to us. */
export const IsCurrency = () =>
  applyDecorators(
    rule('currency-unknown', (value) => isText(value) && exponentOf(value) !== undefined),
    documented({ type: 'string', pattern: '^[A-Z]{3}$' }),
  );

/** Minor units: a whole number below 2^53, not negative, or positive when `least` is 1. */
export const IsMinorUnits = (least: 0 | 1) =>
  applyDecorators(
    rule('amount-not-in-minor-units', (value) => Number.isSafeInteger(value)),
    rule(least === 1 ? 'amount-not-positive' : 'amount-negative', (value) => !Number.isSafeInteger(value) || Number(value) >= least),
    documented({ type: 'integer', format: 'int64', minimum: least, maximum: Number.MAX_SAFE_INTEGER }),
  );

const isPlainObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Another DTO inside this one. (ValidateNested alone lets a missing member pass, and a list for an object.) */
export const Nested = (dto: () => Constructor) =>
  applyDecorators(rule('not-an-object', isPlainObject), ValidateNested(), Type(dto), documented({}));

/** A list of DTOs. */
export const NestedList = (dto: () => Constructor, { most = 50, least = 0 }: { most?: number; least?: number } = {}) =>
  applyDecorators(
    listOf(most, least),
    ruleOfEach('not-an-object', isPlainObject),
    ValidateNested({ each: true }),
    Type(dto),
    documented({ minItems: least, maxItems: most }),
  );

const listOf = (most: number, least = 0) =>
  applyDecorators(
    rule('not-a-list', Array.isArray),
    rule('list-too-short', (value) => !Array.isArray(value) || value.length >= least, { least }),
    rule('list-too-long', (value) => !Array.isArray(value) || value.length <= most, { most }),
  );
