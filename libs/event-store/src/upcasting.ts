import type { RecordV1 } from './record.js';

type Data = Readonly<Record<string, unknown>>;
/** The shape of an event's data: its type, and the number that rises when that type's data changes its shape. */
export type SchemaVersion = { readonly type: string; readonly sv: number };

/** One step from a shape that was stored to the next one. Pure, and never changed once it has run anywhere. */
export type Upcaster = { readonly from: SchemaVersion; readonly to: SchemaVersion; readonly upcast: (data: Data) => Data };

/** Why the upcasters of a service cannot be right; it does not start. */
export class UpcastersBroken extends Error {
  constructor(why: string) {
    super(`The upcasters do not lead every stored shape to one of today: ${why}.`);
    this.name = 'UpcastersBroken';
  }
}

const nameOf = ({ type, sv }: SchemaVersion): string => `${type}.v${sv}`;

/**
 * Reads what was stored in any earlier shape as if it had been stored in today's. Stored bytes are never touched: folds, views and messages see
 * today's shape, auditors and hashes the text as it stands.
 */
export class Upcasting {
  readonly #steps = new Map<string, Upcaster>();
  readonly #current = new Map<string, number>();

  /** Throws UpcastersBroken where a step is missing, stands twice, or leads back. */
  constructor(upcasters: readonly Upcaster[] = []) {
    for (const step of upcasters) {
      const name = nameOf(step.from);
      if (this.#steps.has(name)) throw new UpcastersBroken(`${name} is led on twice`);
      if (step.from.sv < 1 || step.to.sv < 1) throw new UpcastersBroken(`${name} leads below version 1`);
      this.#steps.set(name, step);
      for (const { type, sv } of [step.from, step.to]) this.#current.set(type, Math.max(sv, this.#current.get(type) ?? 1));
    }
    for (const { from } of upcasters) this.#endOf(from);
    for (const [type, last] of this.#current)
      for (let sv = 1; sv < last; sv++)
        if (!this.#steps.has(nameOf({ type, sv })))
          throw new UpcastersBroken(`${nameOf({ type, sv })} leads nowhere, though ${type} has come to ${last}`);
  }

  /** The version in which events of this type are stored today. A type that was given up for another is stored no more. */
  versionOf(type: string): number {
    const sv = this.#current.get(type) ?? 1;
    if (this.#steps.has(nameOf({ type, sv }))) throw new UpcastersBroken(`${type} was given up and is recorded still`);
    return sv;
  }

  /** The record with type, version and data as they would be stored today. */
  upcast<Stored extends RecordV1>(record: Stored): Stored {
    if (this.#steps.size === 0) return record;
    let { type, sv, data } = record as RecordV1;
    for (let step = this.#steps.get(nameOf({ type, sv })); step; step = this.#steps.get(nameOf({ type, sv }))) {
      data = step.upcast(data);
      ({ type, sv } = step.to);
    }
    return { ...record, type, sv, data };
  }

  #endOf(from: SchemaVersion): void {
    const passed = new Set<string>();
    for (let at: SchemaVersion | undefined = from; at; at = this.#steps.get(nameOf(at))?.to) {
      if (passed.has(nameOf(at))) throw new UpcastersBroken(`${nameOf(at)} leads back to itself`);
      passed.add(nameOf(at));
    }
  }
}
