import type pg from 'pg';

export type Begun = {
  /** Times this message was begun here without coming to an end, this one included. */
  readonly starts: number;
  /** It was begun by a process that died. Whether it killed it, or was only in hand beside the one that did, shows when it is tried alone. */
  readonly suspect: boolean;
  /** Its key waits already: it has to queue behind. */
  readonly parked: boolean;
  /** Two people have said that it is not to take effect here. */
  readonly skipped: boolean;
};

const withoutWaiting = `with quick as (select set_config('synchronous_commit', 'off', true))`;

/**
 * Remembers which messages are in hand before they are touched, so that one which kills the process (not one that fails: one that ends it) is
 * recognised when it comes again, whatever is heard again before it. Written without waiting for the disk: that survives our death, which is
 * all it is for, and costs little. That a message came to an end is written with the next beginning on its lane, or a moment later.
 */
export class Hands {
  readonly #finished = new Map<string, Set<string>>();
  #flushing: NodeJS.Timeout | undefined;

  constructor(private readonly pool: pg.Pool) {}

  /** A suspect's beginning counts only when it is `alone`: otherwise whatever stands beside a deadly message would be counted with it. */
  async begin(lane: string, message: string, consumer: string, topic: string, key: string, alone = false): Promise<Begun> {
    const finished = this.#finished.get(lane) ?? new Set<string>();
    this.#finished.delete(lane);
    const again = finished.delete(message); // it came to an end and is begun anew: that is no sign of anything
    const { rows } = await this.pool.query<Begun>({
      name: 'relay-begin',
      text: `${withoutWaiting},
        done as (delete from relay.hand h using quick where h.lane = $1 and h.message = any($7)),
        begun as (
          insert into relay.hand as h (lane, message, starts) select $1, $2, 1 from quick
          on conflict (lane, message) do update set starts = case when $3 then 1 when $8 then h.starts + 1 else h.starts end
          returning starts, xmax <> 0 and not $3 as suspect
        )
        select starts, suspect, exists (select from relay.parked_key where consumer = $4 and topic = $5 and key = $6) as parked,
          exists (select from relay.skipped where consumer = $4 and message = $2) as skipped
        from begun`,
      values: [lane, message, again, consumer, topic, key, [...finished], alone],
    });
    return rows[0]!;
  }

  /** It came to an end, good or bad. */
  finish(lane: string, message: string): void {
    const finished = this.#finished.get(lane) ?? new Set<string>();
    this.#finished.set(lane, finished.add(message));
    this.#flushing ??= setTimeout(() => void this.flush().catch(() => undefined), 200);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    const finished = [...this.#finished].flatMap(([lane, messages]) => [...messages].map((message) => [lane, message] as const));
    this.#finished.clear();
    if (finished.length === 0) return;
    await this.pool.query(
      `${withoutWaiting} delete from relay.hand h using quick, unnest($1::text[], $2::text[]) as f(lane, message)
       where h.lane = f.lane and h.message = f.message`,
      [finished.map(([lane]) => lane), finished.map(([, message]) => message)],
    );
  }
}
