import type { DeliveryStatus, TellingHistory } from '@recourse/contracts';
import type { PostgresEventStore } from '@recourse/event-store';
import { WaitingKeys, type CursorName, type Transport } from '@recourse/relay';
import type { Delivery } from '../delivering.js';

type Overseen = {
  readonly service: string;
  readonly store: PostgresEventStore;
  readonly transport: Transport;
  /** Of this instance, once it has begun to tell and to hear. */
  readonly delivery: () => Delivery | undefined;
  readonly topics: readonly string[];
};

const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export type Untold = { readonly cursor: CursorName; readonly told: number; readonly oldestAt?: string; readonly oldestSeconds: number };

/** What an operator sees of telling and hearing: of all instances where the database knows it, else of this one. */
export class Overseeing {
  readonly waiting: WaitingKeys;

  constructor(private readonly overseen: Overseen) {
    this.waiting = new WaitingKeys(overseen.store.pool);
  }

  /** How far the log has been told, by cursor, and since when its next record waits. */
  async untold(): Promise<readonly Untold[]> {
    const { rows } = await this.overseen.store.pool.query<{
      name: CursorName;
      told: string;
      oldest: string | null;
      seconds: string | null;
    }>(
      `select c.name, c.position as told, ${instant('e.recorded_at')} as oldest,
         greatest(0, extract(epoch from clock_timestamp() - e.recorded_at)) as seconds
       from relay.cursor c left join log.event e on e.position = c.position + 1 order by c.name`,
    );
    return rows.map(({ name, told, oldest, seconds }) => ({
      cursor: name,
      told: Number(told),
      ...(oldest && { oldestAt: oldest }),
      oldestSeconds: Number(seconds ?? 0),
    }));
  }

  /** Whether some instance tells this log. A leader beats every other second; ten seconds of silence and another takes its place. */
  async leader(): Promise<DeliveryStatus['relay']['leader']> {
    const { rows } = await this.overseen.store.pool.query<{ lives: boolean; at: string }>(
      `select beat > clock_timestamp() - interval '10 seconds' as lives, ${instant('beat')} as at from relay.seat where name = 'relay'`,
    );
    return rows[0] ? { lives: rows[0].lives, beatAt: rows[0].at } : { lives: false };
  }

  async parked(): Promise<DeliveryStatus['parked']> {
    const { rows } = await this.overseen.store.pool.query<Record<'keys' | 'messages' | 'held', string>>(
      `select (select count(*) from relay.parked_key) + (select count(distinct id) from relay.untold) as keys,
         (select count(*) from relay.parked_message) + (select count(*) from relay.untold) as messages,
         (select count(*) from relay.parked_key where held) + (select count(distinct id) from relay.untold) as held`,
    );
    const { keys, messages, held } = rows[0]!;
    return { keys: Number(keys), messages: Number(messages), held: Number(held) };
  }

  /** Up to when each topic is known to be complete. */
  completeUpTo(): DeliveryStatus['inbox']['completeUpTo'] {
    const watermarks = this.overseen.delivery()?.inbox.watermarks;
    return this.overseen.topics.map((topic) => {
      const until = watermarks?.of(topic);
      return { topic, ...(until !== undefined && { until }) };
    });
  }

  /** Everything at one look. */
  async status(history: TellingHistory | undefined): Promise<DeliveryStatus> {
    const { service, store, transport, delivery } = this.overseen;
    const [head, leader, cursors, parked, skipped] = await Promise.all([
      store.head(),
      this.leader(),
      this.untold(),
      this.parked(),
      this.waiting.skipped(),
    ]);
    const unheard = await transport.unheard().catch(() => []);
    return {
      service,
      head,
      relay: {
        leadsHere: delivery()?.relay.leads ?? false,
        leader,
        cursors: cursors.map(({ cursor, told, oldestAt }) => ({
          name: cursor,
          told,
          untold: Math.max(0, head - told),
          ...(oldestAt && { oldestUntoldAt: oldestAt }),
        })),
        ...(history && { history }),
      },
      inbox: {
        pausedHere: delivery()?.inbox.paused ?? false,
        unheard: unheard.filter(({ messages }) => messages > 0).map(({ topic, partition, messages }) => ({ topic, partition, messages })),
        completeUpTo: this.completeUpTo(),
      },
      parked,
      skipped,
    };
  }
}
