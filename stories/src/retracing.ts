import { AtTheFrontDoor, type Json } from './front.js';
import { claimsOf } from './forging.js';

/** An operation of the API as its document describes it. */
export type Operation = {
  readonly method: string;
  /** `/v1/cases/{id}` */
  readonly path: string;
  readonly roles: 'anyone' | readonly string[];
  readonly reach: readonly string[];
  readonly fresh: boolean;
  readonly described: Json;
};

/** An address that was asked for with success, and who asked. */
type Step = { readonly method: string; readonly path: string; readonly body: unknown; readonly tenant: string };

/** An operation with ids filled in. `known`: the first of them is a thing's that is really there. */
export type Address = {
  readonly path: string;
  readonly query: string;
  readonly tenant: string;
  readonly body: unknown;
  readonly known: boolean;
};

export const operationsOf = (document: Json): readonly Operation[] =>
  Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).map(([method, described]) => ({
      ...{ method: method.toUpperCase(), path, described },
      roles: described['security'].length === 0 ? 'anyone' : described['x-roles'],
      reach: described['x-reach'] ?? [],
      fresh: described['x-fresh'] !== undefined,
    })),
  );

const segmentsOf = (path: string): readonly string[] => path.split('?', 1)[0]!.split('/').slice(1);
const isParameter = (segment: string): boolean => segment.startsWith('{');

/** Remembers where everybody went while stories are played, so that others can try the same addresses. */
export class Traces {
  private readonly steps: Step[] = [];
  private readonly plain = AtTheFrontDoor.prototype.ask;

  watch(): void {
    const { steps, plain } = this;
    AtTheFrontDoor.prototype.ask = async function (this: AtTheFrontDoor, method, path, body, sending) {
      const answer = await plain.call(this, method, path, body, sending);
      if (answer.status < 300 && this.token) {
        const tenant = String(claimsOf(await this.token())['tenant']);
        steps.push({ method, path, body, tenant });
        const location = answer.headers.get('location');
        if (location?.startsWith('/')) steps.push({ method: 'GET', path: location, body: undefined, tenant });
      }
      return answer;
    };
  }

  stop(): void {
    AtTheFrontDoor.prototype.ask = this.plain;
  }

  /** The latest real address of each operation, paths that bear one name passed over; a made-up id stands where nobody ever went. */
  addresses(
    operations: readonly Operation[],
    madeUp: (operation: Operation, parameter: string) => string,
    passedOver: string,
  ): (one: Operation) => Address {
    const went = this.steps
      .filter(({ path }) => !path.includes(passedOver))
      .toReversed()
      .map((step) => ({ step, operation: operations.find((one) => leadsTo(one, step, operations)) }));
    return (operation) => {
      const wanted = segmentsOf(operation.path);
      const best = went
        .filter(({ operation: known }) => known !== undefined)
        .map(({ step, operation: known }) => ({ step, same: known === operation ? Infinity : sameFrom(wanted, segmentsOf(known!.path)) }))
        .reduce<{ step: Step; same: number } | undefined>((found, one) => (found && found.same >= one.same ? found : one), undefined);
      const there = segmentsOf(best?.step.path ?? '');
      const first = wanted.findIndex(isParameter);
      const path = wanted.map((segment, at) =>
        !isParameter(segment) ? segment : best && at < best.same ? there[at]! : madeUp(operation, segment.slice(1, -1)),
      );
      return {
        path: `/${path.join('/')}`,
        query: best?.same === Infinity ? queryOf(best.step.path) : '',
        tenant: best?.step.tenant ?? 'quanpay',
        body: best?.same === Infinity ? best.step.body : undefined,
        known: first >= 0 && best !== undefined && best.same > first,
      };
    };
  }
}

/** Nobody waits for what he may not see. */
const queryOf = (path: string): string =>
  (path.split('?')[1] ?? '')
    .split('&')
    .filter((pair) => !/^(wait|cursor)=/.test(pair))
    .join('&');

/** Whether a step is of this operation, and of none that names it more exactly. */
const leadsTo = (operation: Operation, { method, path }: Step, all: readonly Operation[]): boolean => {
  const fits = (one: Operation): boolean => {
    const [wanted, there] = [segmentsOf(one.path), segmentsOf(path)];
    return one.method === method && wanted.length === there.length && wanted.every((name, at) => isParameter(name) || name === there[at]);
  };
  const names = (one: Operation): number => segmentsOf(one.path).filter((segment) => !isParameter(segment)).length;
  return fits(operation) && !all.some((other) => other !== operation && fits(other) && names(other) > names(operation));
};

/** How many segments two patterns have in common from their beginning. */
const sameFrom = (one: readonly string[], other: readonly string[]): number => {
  const differs = one.findIndex((segment, at) => segment !== other[at]);
  return differs < 0 ? one.length : differs;
};
