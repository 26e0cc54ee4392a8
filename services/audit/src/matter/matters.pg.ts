import type { RecordV1 } from '@recourse/event-store';
import type { EntityManager } from 'typeorm';
import type { AsOf } from './asking.js';
import { inOrder, type Told } from './telling.js';

type Row = { origin: string; position: string; recorded_at: Date; leaf: Buffer; record: string };

/** Only what an origin's head has passed: beyond a gap nothing is believed yet, and of a stopped log nothing new. */
const reached = 'r.position < (select o.next from heard_origin o where o.origin = r.origin)';

const toldOf = ({ origin, position, recorded_at, leaf, record }: Row): Told => ({
  origin,
  position: Number(position),
  recordedAt: recorded_at.toISOString(),
  leaf: leaf.toString('base64url'),
  record: JSON.parse(record) as RecordV1,
});

/** Where the reading stops: this position of its own log, and everywhere else what had been recorded by then. */
export type Cut = { readonly instant: string; readonly origin?: string; readonly position?: number };

/** Finds the records of one matter across the logs. The manager reads as the tenant: rows of others do not exist for it. */
export class Matters {
  constructor(private readonly manager: EntityManager) {}

  /** The case a reference names, as intake's claim of it says. */
  async byReference(reference: string): Promise<string | undefined> {
    const rows = (await this.manager.query(`select corr from heard_record r where r.stream = $1 and ${reached} limit 1`, [
      `reference-${reference}`,
    ])) as { corr: string }[];
    return rows[0]?.corr;
  }

  async cutAt(asOf: AsOf): Promise<Cut | undefined> {
    if ('instant' in asOf) return asOf;
    const rows = (await this.manager.query(`select recorded_at from heard_record r where origin = $1 and position = $2 and ${reached}`, [
      asOf.origin,
      asOf.position,
    ])) as { recorded_at: Date }[];
    return rows[0] && { ...asOf, instant: rows[0].recorded_at.toISOString() };
  }

  /**
   * Every record of every stream the matter touches, in order, and which of them are steps of it: what names the matter as what it
   * belongs to (`corr`) or in what it says (`matter`), and, from the matter's beginning on, what happened to its account itself
   * (unlocking, codes, routes). Whole streams are read, so that their states are whole.
   */
  async recordsOf(matter: string, cut?: Cut): Promise<{ readonly records: readonly Told[]; readonly isStep: (told: Told) => boolean }> {
    const own = await this.rows('(r.corr = $1 or r.matter = $1)', [matter], cut);
    const since = own[0]?.recordedAt;
    const accounts = [
      ...new Set(
        own.flatMap(({ record: { tenant, data } }) => (typeof data['account'] === 'string' ? [`${tenant}-${data['account']}`] : [])),
      ),
    ];
    const corrs = accounts.flatMap((account) => ['account', 'contact', 'step-up'].map((kind) => `${kind}-${account}`));
    const related = since && corrs.length > 0 ? await this.rows('(r.corr = any($1) and r.recorded_at >= $2)', [corrs, since], cut) : [];
    const steps = new Map([...own, ...related].map((told) => [keyOf(told), told]));
    const streams = [...new Set([...steps.values()].map(({ record }) => record.stream))].filter((stream) => !stream.startsWith('feed-'));
    const whole = streams.length > 0 ? await this.rows('r.stream = any($1)', [streams], cut) : [];
    const all = new Map([...whole, ...steps.values()].map((told) => [keyOf(told), told]));
    return { records: [...all.values()].sort(inOrder), isStep: (told) => steps.has(keyOf(told)) };
  }

  private async rows(where: string, values: readonly unknown[], cut?: Cut): Promise<readonly Told[]> {
    const [until, more] = untilOf(cut, values.length);
    const rows = (await this.manager.query(
      `select r.origin, r.position, r.recorded_at, r.leaf, r.record from heard_record r where ${where} and ${reached} ${until}`,
      [...values, ...more],
    )) as Row[];
    return rows.map(toldOf).sort(inOrder);
  }
}

const keyOf = ({ origin, position }: Told): string => `${origin}:${position}`;

/** SQL for a cut, its parameters numbered after those before it. */
const untilOf = (cut: Cut | undefined, before: number): readonly [string, readonly unknown[]] => {
  if (!cut) return ['', []];
  const [instant, origin, position] = [1, 2, 3].map((n) => `$${before + n}`);
  if (cut.position === undefined) return [`and r.recorded_at <= ${instant}`, [cut.instant]];
  return [
    `and case when r.origin = ${origin} then r.position <= ${position} else r.recorded_at <= ${instant} end`,
    [cut.instant, cut.origin, cut.position],
  ];
};
