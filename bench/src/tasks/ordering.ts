import { handling, part, PostgresEventStore, StreamMoved, type Instant } from '@recourse/event-store';
import { randomUUID } from 'node:crypto';
import { by } from '../recording.js';
import type { Task } from '../tasks.js';

export type OrderingOptions = {
  readonly logUrl: string;
  /** One for each caller, or the same for all. */
  readonly streams: readonly string[];
  /** Orders carried out before it ends, by all callers together. */
  readonly orders: number;
};
export type Ordered = {
  /** From the first asking to the last success. */
  readonly seconds: number;
  /** How often each caller's order was carried out. */
  readonly perCaller: readonly number[];
  /** How often a caller was told that others kept writing first, and asked again. */
  readonly askedAgain: number;
  /** Milliseconds from the first asking to success. */
  readonly times: readonly number[];
};

type Note = { readonly type: 'Note'; readonly caller: number; readonly by: typeof by; readonly at: Instant };
type Noted = { readonly type: 'Noted'; readonly caller: number; readonly nth: number };

type Notebook = { readonly noted: number };

/** Remembers how much was noted, so that every decision needs the whole past. */
const notebook = {
  initial: { noted: 0 },
  decide: ({ caller }: Note, { noted }: Notebook): Noted[] => [{ type: 'Noted', caller, nth: noted + 1 }],
  evolve: ({ noted }: Notebook): Notebook => ({ noted: noted + 1 }),
};

/** Each caller gives one order after the other, and repeats one until it is carried out. */
export const ordering: Task<OrderingOptions, Ordered> = async ({ logUrl, streams, orders }) => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  const handle = handling(store);
  const perCaller = streams.map(() => 0);
  const times: number[] = [];
  let askedAgain = 0;
  let done = 0;
  const order = async (caller: number, stream: string) => {
    const at = store.now('quanpay');
    for (;;) {
      try {
        const { kind } = await handle({
          tenant: 'quanpay',
          corr: randomUUID(),
          parts: [part(notebook, stream, { type: 'Note', caller, by, at })],
        });
        if (kind !== 'recorded') throw new Error(`An order was ${kind}.`);
        return;
      } catch (error) {
        if (!(error instanceof StreamMoved)) throw error;
        askedAgain++;
      }
    }
  };
  return async () => {
    const begun = performance.now();
    await Promise.all(
      streams.map(async (stream, caller) => {
        while (done < orders) {
          const asked = performance.now();
          await order(caller, stream);
          times.push(performance.now() - asked);
          perCaller[caller]!++;
          done++;
        }
      }),
    );
    const seconds = (performance.now() - begun) / 1_000;
    await store.close();
    return { seconds, perCaller, askedAgain, times };
  };
};
