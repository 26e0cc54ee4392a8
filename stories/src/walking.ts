import { referenceFrom } from '@recourse/contracts';
import { randomBytes } from 'node:crypto';
import type { Json } from './front.js';
import type { Address, Operation } from './retracing.js';
import { sampleOf } from './sampling.js';
import { newRun } from './seeding.js';

export type Told = {
  readonly status: number;
  readonly code: string;
  /** Everything an answer could tell of what is there: the body, and the headers that name a version or a place. */
  readonly tells: string;
  readonly errors: readonly { readonly pointer?: string; readonly parameter?: string; readonly code: string }[];
};
type More = { readonly query?: string; readonly ifMatch?: string; readonly at?: string };

const instant = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

const uuid = (): string => `0190a6f0-7b1c-7${randomBytes(2).toString('hex').slice(1)}-9c1d-${randomBytes(6).toString('hex')}`;

export const named = ({ method, path }: Operation): string => `${method} ${path}`;
export const parametersOf = ({ path }: Operation): readonly string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
const described = (operation: Operation, place: 'path' | 'query', name: string): Json =>
  operation.described.parameters?.find((one: Json) => one.name === name && one.in === place)?.schema;

/** Names that a platform gives (an account, a queue, a channel) mean something else in every platform: what bears that name there is its own, or not there yet. */
export const isOfThePlatform = (operation: Operation, name: string): boolean =>
  described(operation, 'path', name)?.format !== 'uuid' && name !== 'reference';

/** Names of a closed list, or of things that every platform has: that they are there is no secret. */
export const isPlainName = (operation: Operation, name: string): boolean =>
  isOfThePlatform(operation, name) && !/A-Za-z0-9/.test(described(operation, 'path', name)?.pattern ?? '');

/** An id that nothing ever had, of the kind this parameter takes. */
export const neverBorn = (operation: Operation, name: string): string => {
  const { format, type } = described(operation, 'path', name) ?? {};
  if (format === 'uuid') return uuid();
  if (name === 'reference') return referenceFrom('C', randomBytes(8));
  return type === 'number' || type === 'integer' || name === 'n' ? '1' : `none-${newRun()}`;
};

const upload = (): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries({ kind: 'screenshot', why: 'third-party-data' })) form.append(name, value);
  form.append('file', new Blob(['x'], { type: 'text/plain' }), 'x.txt');
  return form;
};

/** Asks for operations as whoever a token names, with bodies that could be taken, and counts how often. */
export class Walk {
  cells = 0;
  private readonly bodies = new Map<Operation, unknown>();
  private readonly queries = new Map<Operation, string>();

  constructor(
    private readonly urlOf: (operation: Operation) => string,
    private readonly document: Json,
  ) {}

  async ask(operation: Operation, address: Address, authorization: string | undefined, more: More = {}): Promise<Told> {
    this.cells++;
    for (let tries = 0; ; tries++) {
      const told = await this.once(operation, address, authorization, more);
      if (tries > 2 || told.status !== 400 || !this.completed(operation, address, told)) return told;
    }
  }

  /** Asks as if for this and as if for something that never was; undefined when both answers are one 404 (or one that `lawful` takes). */
  async invisible(
    operation: Operation,
    address: Address,
    authorization: string,
    lawful?: (told: Told) => boolean,
  ): Promise<string | undefined> {
    const first = parametersOf(operation)[0]!;
    const at = operation.path.split('/').indexOf(`{${first}}`);
    const path = address.path.split('/').with(at, neverBorn(operation, first)).join('/');
    const [there, nowhere] = [
      await this.ask(operation, address, authorization),
      await this.ask(operation, { ...address, path }, authorization),
    ];
    if (there.status !== 404 && !lawful?.(there))
      return `${named(operation)}: ${there.status} ${there.code}, of what never was ${nowhere.status} ${nowhere.code}`;
    const hides = (told: Told, where: string): string => told.tells.replaceAll(where.split('/')[at]!, '·').replaceAll(instant, '·');
    if (there.status === nowhere.status && hides(there, address.path) === hides(nowhere, path)) return undefined;
    return `${named(operation)} tells what is there: ${there.tells}, and of what never was: ${nowhere.tells}`;
  }

  private async once(
    operation: Operation,
    address: Address,
    authorization: string | undefined,
    { query = '', ifMatch, at }: More,
  ): Promise<Told> {
    const { method } = operation;
    const body = this.bodyOf(operation, address);
    const form = body instanceof FormData;
    const asked = [address.query, query, this.queries.get(operation)].filter(Boolean).join('&');
    const response = await fetch(`${at ?? this.urlOf(operation)}${address.path}${asked && `?${asked}`}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(authorization !== undefined && { authorization }),
        ...(method !== 'GET' && { 'idempotency-key': randomBytes(12).toString('hex') }),
        ...(body !== undefined && !form && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      },
      ...(body !== undefined && { body: form ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const json = /json/.test(response.headers.get('content-type') ?? '');
    if (!json) await response.body?.cancel();
    const { instance: _, ...told } = (json ? await response.json() : {}) as Json;
    const names = ['etag', 'location', 'log-leaf', 'log-position', 'retry-after', 'last-modified'];
    const headers = names.map((name) => response.headers.get(name) ?? '');
    return { status: response.status, code: told.code ?? '', tells: JSON.stringify([headers, told]), errors: told.errors ?? [] };
  }

  private bodyOf(operation: Operation, { body }: Address): unknown {
    if (operation.method === 'GET') return undefined;
    if (body !== undefined) return body;
    const content = operation.described.requestBody?.content;
    if (!content) return undefined;
    if (!content['application/json']) return upload();
    if (!this.bodies.has(operation)) this.bodies.set(operation, sampleOf(content['application/json'].schema, this.document));
    return this.bodies.get(operation);
  }

  /** Adds what an answer says is missing. False when it says something else. */
  private completed(operation: Operation, { body }: Address, { errors }: Told): boolean {
    let added = false;
    for (const { pointer = '', parameter = '', code } of errors) {
      if (code !== 'field-missing') continue;
      const schema = parameter
        ? described(operation, 'query', parameter)
        : operation.described.requestBody?.content?.['application/json']?.schema;
      if (!schema) continue;
      added = true;
      if (parameter)
        this.queries.set(
          operation,
          [this.queries.get(operation), `${parameter}=${String(sampleOf(schema, this.document))}`].filter(Boolean).join('&'),
        );
      else if (body === undefined) {
        const name = pointer.slice(1);
        const whole = sampleOf(schema, this.document, { also: [name] }) as object;
        this.bodies.set(operation, { ...(this.bodies.get(operation) as object), [name]: whole[name as never] });
      }
    }
    return added;
  }
}

/** Looks at each of them, a few at a time, and answers with what was not as it should be. */
export const wrongOf = async <One>(all: readonly One[], look: (one: One) => Promise<string | undefined>): Promise<readonly string[]> => {
  const found: string[] = [];
  const left = [...all];
  const walker = async (): Promise<void> => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) {
      const wrong = await look(one);
      if (wrong !== undefined) found.push(wrong);
    }
  };
  await Promise.all(Array.from({ length: 8 }, walker));
  return found.sort();
};
