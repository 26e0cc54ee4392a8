import { foldStream, PostgresEventStore, type Histories, type Recorded } from '@recourse/event-store';
import type { Task } from '../tasks.js';
import { inFlight, type Rate, type Span } from './timing.js';

export type ReplayingOptions = Span & { readonly logUrl: string; readonly streams: readonly string[]; readonly events: number };

/** What is remembered of a stream: the same sums for ours and for Emmett's. */
export type Sums = { readonly events: number; readonly minor: number; readonly channels: Readonly<Record<string, number>> };
export const nothing: Sums = { events: 0, minor: 0, channels: {} };
export type Summed = { readonly channel: string; readonly amount: { readonly minor: number } };
export const sum = ({ events, minor, channels }: Sums, { channel, amount }: Summed): Sums => ({
  events: events + 1,
  minor: minor + amount.minor,
  channels: { ...channels, [channel]: (channels[channel] ?? 0) + 1 },
});

/** Reads stream after stream through the public door and folds each. Events a second. */
export const replaying: Task<ReplayingOptions, Rate> = async ({ logUrl, streams, events, ...span }) => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  const evolve = (state: Sums, { data }: Recorded) => sum(state, data as unknown as Summed);
  const histories: Histories = { case: { initial: nothing, evolve } };
  return async () => {
    const rate = await inTurn(
      streams,
      events,
      span,
      async (stream) => (await foldStream<Sums>(store.readPages(stream), histories, stream))!.state,
    );
    await store.close();
    return rate;
  };
};

/** One reader, one stream at a time; a stream that is not whole ends the measurement. */
export const inTurn = async (
  streams: readonly string[],
  events: number,
  span: Span,
  replay: (stream: string) => Promise<Sums>,
): Promise<Rate> => {
  let turn = 0;
  const rate = await inFlight(1, span, async () => {
    const sums = await replay(streams[turn++ % streams.length]!);
    if (sums.events !== events) throw new Error(`A stream of ${events} events was read with ${sums.events}.`);
  });
  return { ...rate, perSecond: rate.perSecond * events, cpu: rate.cpu / events };
};
