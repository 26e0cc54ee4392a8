import { edgeRefusals } from './codes.js';
import { MAY_BE_LEFT_OUT } from './fields.js';
import type { Answering } from './documenting.js';
import type { ApiDocument, FinishOptions, Operation, OperationFacts, Parameter, PathItem, Reference, Response, Schema } from './openapi.js';
import { answersOf, examplesOf, problemResponses, sharedResponses } from './openapi.answers.js';
import { headers, parameters, pathParameters, problemSchema, sealedSchemas } from './openapi.parts.js';
import { nounOf, nouns } from './openapi.tags.js';
import { pruned } from './openapi.pruning.js';

/** Nest's document made whole: who may call, every answer and problem, the headers we ask for and give. Pure: the same code gives the same text. */
export const finish = (document: ApiDocument, options: FinishOptions): ApiDocument => {
  const facts = new Map(options.facts.map((one) => [one.operationId, one]));
  const paths = Object.entries(document.paths).map(([path, item]): [string, PathItem] => [
    path,
    mapValues(item, (operation) => finishOperation(path, operation, factsOf(operation, facts), options)),
  ]);
  const shown = new Set(Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId)));
  const hidden = options.facts.find(({ operationId, rule }) => rule !== undefined && !shown.has(operationId));
  if (hidden) throw new Error(`${hidden.operationId} is a route that the document does not show: nobody would look who may call it`);
  const own = mapValues((document.components['schemas'] ?? {}) as Readonly<Record<string, Schema>>, (schema, name) =>
    withFields(schema, options.fields.get(name)),
  );
  return pruned({
    ...document,
    tags: [...new Set(paths.map(([path]) => nounOf(path)))].sort().map((name) => ({ name, description: nouns[name] ?? name })),
    paths: sortedByName(Object.fromEntries(paths)),
    components: {
      ...document.components,
      schemas: sortedByName({ ...own, ...options.schemas, ...sealedSchemas, Problem: problemSchema }),
      responses: sharedResponses,
      parameters: {
        IdempotencyKey: parameters.idempotencyKey,
        IfMatch: parameters.ifMatch,
        IfNoneMatch: parameters.ifNoneMatch,
        LastEventId: parameters.lastEventId,
      },
      headers,
      examples: examplesOf({ ...edgeRefusals, ...options.refusals }),
      securitySchemes: { bearer },
    },
  });
};

const bearer = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'An access token of the issuer for urn:recourse:api (typ at+jwt, ES256).',
};

const mapValues = <From, To>(record: Readonly<Record<string, From>>, change: (value: From, name: string) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));

const sortedByName = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));

/** Facts that an operation cannot do without. */
type Known = Omit<OperationFacts, 'rule' | 'answering' | 'parameters'> & {
  readonly rule: NonNullable<OperationFacts['rule']>;
  readonly answering: Answering;
  readonly parameters: NonNullable<OperationFacts['parameters']>;
};

const factsOf = ({ operationId }: Operation, facts: ReadonlyMap<string, OperationFacts>): Known => {
  const found = facts.get(operationId);
  if (!found?.rule) throw new Error(`${operationId} says nothing of who may call it: @Allow or @AllowAnyone`);
  if (!found.answering)
    throw new Error(`${operationId} says nothing of what it answers: @Commands, @Shows, @Lists, @Sends, @Answers or @Downloads`);
  return { ...found, rule: found.rule, answering: found.answering, parameters: found.parameters ?? {} };
};

const finishOperation = (
  path: string,
  operation: Operation,
  { rule, reach = [], fresh, answering, parameters, queries = [] }: Known,
  { refusals, fields }: FinishOptions,
): Operation => {
  const { summary, description, ...rest } = operation;
  if (!summary) throw new Error(`${operation.operationId} has no summary: write a doc comment on its handler`);
  const checksSkill = answering.refuses.includes('agent-lacks-skill');
  if (checksSkill !== reach.includes('skilled'))
    throw new Error(
      `${operation.operationId} refuses agent-lacks-skill and reaches 'skilled', or neither: say both in @Commands and @Reach`,
    );
  const open = rule === 'anyone';
  const words = sentences(summary, description);
  return {
    ...rest,
    ...words,
    tags: [nounOf(path)],
    operationId: operation.operationId.replace(/Http\./, '.').replace(/\./, '_'),
    security: open ? [] : [{ bearer: [] }],
    ...(!open && { 'x-roles': rule.roles }),
    ...(reach.length > 0 && { 'x-reach': reach }),
    ...(fresh && { 'x-fresh': { within: fresh.within, ...(fresh.acr !== undefined && { acr: fresh.acr }) } }),
    parameters: parametersOf(path, withQueries(operation, queries, fields), answering, parameters),
    responses: sortedByName<Response>({
      ...answersOf(answering),
      ...problemResponses(answering, open, path.includes('{'), 'requestBody' in operation, { ...edgeRefusals, ...refusals }),
    }),
  };
};

/** The first sentence of a doc comment is the summary, the rest the description. */
const sentences = (summary: string, description?: string): { readonly summary: string; readonly description?: string } => {
  const found = /^(.*?[.!?])\s+(\S.*)$/s.exec(summary.trim());
  const [first, more] = found ? [found[1] ?? summary, found[2]] : [summary.trim(), undefined];
  const text = [more, description].filter(Boolean).join('\n\n');
  return { summary: first.replace(/\s+/g, ' ').replace(/\.$/, ''), ...(text && { description: text }) };
};

const isReference = (parameter: Parameter | Reference): parameter is Reference => '$ref' in parameter;

/** What the decorators of a query say, which the generator passes over. */
const withQueries = (operation: Operation, queries: readonly string[], fields: FinishOptions['fields']): Operation => {
  const said = (name: string) => queries.map((query) => fields.get(query)?.get(name)).find((schema) => schema !== undefined);
  const whole = (parameter: Parameter | Reference): Parameter | Reference => {
    if (isReference(parameter) || parameter.in !== 'query') return parameter;
    const { [MAY_BE_LEFT_OUT]: left, ...schema } = said(parameter.name) ?? { [MAY_BE_LEFT_OUT]: !parameter['required'] };
    return { ...parameter, required: !left, schema: { ...(parameter['schema'] as Schema), ...schema } };
  };
  return { ...operation, ...(operation.parameters && { parameters: operation.parameters.map(whole) }) };
};

const parametersOf = (
  path: string,
  { parameters: found = [] }: Operation,
  { kind, key, ifMatch, whole }: Answering,
  known: OperationFacts['parameters'],
): readonly (Parameter | Reference)[] => {
  const own = found.filter((parameter): parameter is Parameter => !isReference(parameter));
  const has = (place: string, name: string) => own.some((parameter) => parameter.in === place && parameter.name === name);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => !has('path', name));
  const ask =
    kind === 'show'
      ? [parameters.purpose, parameters.position, parameters.at]
      : kind === 'list' && !whole
        ? [parameters.limit, parameters.cursor]
        : [];
  const reference = (name: string): Reference => ({ $ref: `#/components/parameters/${name}` });
  return [
    ...[...inPath.map((name): Parameter => ({ name, in: 'path', required: true, schema: { type: 'string' } })), ...own].map((parameter) =>
      parameter.in === 'path' ? { ...parameter, ...pathParameters[known?.[parameter.name] ?? ''] } : parameter,
    ),
    ...ask.filter(({ name }) => !has('query', name)),
    ...(key ? [reference('IdempotencyKey')] : []),
    ...(ifMatch ? [reference('IfMatch')] : []),
    ...(kind === 'show' ? [reference('IfNoneMatch')] : []),
    ...(kind === 'stream' ? [reference('LastEventId')] : []),
  ];
};

/** What the generator cannot see in TypeScript's types: integers, formats, bounds, codes. */
const withFields = (schema: Schema, fields?: ReadonlyMap<string, Schema>): Schema => {
  // A DTO without a field takes none.
  if (!fields) return Object.keys(schema['properties'] ?? { any: true }).length === 0 ? { ...schema, additionalProperties: false } : schema;
  const found = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const properties = mapValues(found, (property, name) => {
    const { [MAY_BE_LEFT_OUT]: _optional, ...said } = fields.get(name) ?? {};
    // A list the generator guessed gives way whole to what the decorator says of its items.
    const kept =
      said['items'] === undefined || '$ref' in property || 'allOf' in property ? property : { description: property['description'] };
    return withoutUndefined({ ...kept, ...said });
  });
  const { required: guessed = [], ...rest } = schema as Schema & { readonly required?: readonly string[] };
  const required = Object.keys(properties).filter((name) =>
    fields.has(name) ? !fields.get(name)?.[MAY_BE_LEFT_OUT] : guessed.includes(name),
  );
  return { ...rest, properties, ...(required.length > 0 && { required }), additionalProperties: false };
};

const withoutUndefined = (schema: Schema): Schema => Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
