import type { Freshness, ReachName, Rule } from '@recourse/identity';
import type { Answering } from './documenting.js';
import type { Refusals } from './refusing.js';

/** As much of an OpenAPI 3.1 document as we touch. */
export type Schema = { readonly [member: string]: unknown };
export type Parameter = { readonly name: string; readonly in: string; readonly [member: string]: unknown };
export type Reference = { readonly $ref: string };
export type Response = Reference | { readonly description: string; readonly [member: string]: unknown };
export type Operation = {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly responses: Readonly<Record<string, Response>>;
  readonly [member: string]: unknown;
};
export type PathItem = Readonly<Record<string, Operation>>;
export type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
export type ApiDocument = {
  readonly openapi: string;
  readonly info: Schema;
  readonly servers?: readonly Schema[];
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: Components;
};

/** What the code says of one operation, beside what Nest's generator finds. */
export type OperationFacts = {
  readonly operationId: string;
  readonly rule: Rule | undefined;
  readonly reach?: readonly ReachName[] | undefined;
  readonly fresh?: Freshness | undefined;
  readonly answering: Answering | undefined;
  /** Path parameters by the name of the pipe that reads them: `{ id: 'UuidParam' }`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The classes its query is read by, the most particular first. */
  readonly queries?: readonly string[];
};

export type FinishOptions = {
  readonly facts: readonly OperationFacts[];
  /** What the fields' decorators say, by class and property. */
  readonly fields: ReadonlyMap<string, ReadonlyMap<string, Schema>>;
  /** Schemas of the types that answers name, with everything they refer to. */
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly refusals: Refusals;
};
