import type { Instant } from '@recourse/event-store';
import type pg from 'pg';
import type { Beat } from './enveloping.js';

type Heard = { topic: string; partition: number; partitions: number; up_to: string };
type Held = { topic: string; up_to: string | null };

const text = (instant: string) => `to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * Up to when a topic has been heard completely: the least of its partitions, and never later than what was known when one of its keys was
 * parked, because a parked message has not taken effect. Written once a second, and read back in the same statement: what one instance parked
 * holds the watermark of all.
 */
export class Watermarks {
  readonly #news = new Map<string, Heard>();
  #known = new Map<string, Instant>();
  /** The newest sign of life of each partition that this instance heard. */
  readonly #mine = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(
    private readonly pool: pg.Pool,
    private readonly every = 1_000,
  ) {}

  /** Everything on this topic recorded up to this instant has been heard and has taken effect; undefined while that is not known of any instant. */
  of(topic: string): Instant | undefined {
    return this.#known.get(topic);
  }

  heard(topic: string, partition: number, { upTo, partitions }: Beat): void {
    const id = `${topic}/${partition}`;
    if (upTo <= (this.#mine.get(id) ?? '')) return;
    this.#mine.set(id, upTo);
    this.#news.set(id, { topic, partition, partitions, up_to: upTo });
  }

  /** What is known of one partition at this moment: where its key is parked now, the watermark has to stay. */
  lastOf(topic: string, partition: number): Instant | undefined {
    return this.#mine.get(`${topic}/${partition}`);
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => void this.refresh().catch(() => undefined), this.every);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.refresh().catch(() => undefined);
  }

  refresh(): Promise<void> {
    return (this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined)));
  }

  async #refresh() {
    const news = [...this.#news.values()];
    this.#news.clear();
    try {
      const { rows } = await this.pool.query<{ heard: string | null; held: string | null }>({
        name: 'relay-watermarks',
        text: `with told as (
            insert into relay.watermark as w (topic, partition, partitions, up_to)
            select * from unnest($1::text[], $2::integer[], $3::integer[], $4::timestamptz[])
            on conflict (topic, partition) do update set partitions = excluded.partitions, up_to = greatest(w.up_to, excluded.up_to)
          )
          select
            (select json_agg(json_build_object('topic', topic, 'partition', partition, 'partitions', partitions, 'up_to', ${text('up_to')})) from relay.watermark)::text as heard,
            (select json_agg(json_build_object('topic', topic, 'up_to', ${text('watermark')})) from relay.parked_key)::text as held`,
        values: [
          news.map((one) => one.topic),
          news.map((one) => one.partition),
          news.map((one) => one.partitions),
          news.map((one) => one.up_to),
        ],
      });
      const heard = (JSON.parse(rows[0]!.heard ?? '[]') as Heard[]).concat(news); // a statement does not see what it writes itself
      this.#known = leastOf(heard, JSON.parse(rows[0]!.held ?? '[]') as Held[]);
    } catch (error) {
      for (const one of news) if (!this.#news.has(`${one.topic}/${one.partition}`)) this.#news.set(`${one.topic}/${one.partition}`, one);
      throw error;
    }
  }
}

const leastOf = (heard: readonly Heard[], held: readonly Held[]): Map<string, Instant> => {
  const latest = new Map<string, Map<number, Heard>>();
  for (const one of heard) {
    const lanes = latest.get(one.topic) ?? new Map<number, Heard>();
    latest.set(one.topic, lanes);
    if (one.up_to >= (lanes.get(one.partition)?.up_to ?? '')) lanes.set(one.partition, one);
  }
  const known = new Map<string, Instant>();
  for (const [topic, lanes] of latest) {
    const stops = held.filter((one) => one.topic === topic).map((one) => one.up_to);
    const partitions = Math.max(...[...lanes.values()].map((one) => one.partitions));
    if (lanes.size < partitions || stops.includes(null)) continue;
    known.set(topic, [...[...lanes.values()].map((one) => one.up_to), ...(stops as string[])].sort()[0]!);
  }
  return known;
};
