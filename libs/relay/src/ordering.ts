import { isBeat } from './enveloping.js';
import type { HeardMessage } from './transport.js';

type Ordering = {
  /** Resolves true when it was heard, false when it is not ours any more; never rejects. */
  readonly hear: (message: HeardMessage) => Promise<boolean>;
  /** Told of every message, in their order, as soon as it and all before it have been heard. */
  readonly done: (message: HeardMessage) => void;
  /** Before each message. What it throws ends the work, once what is in hand has come to its end. */
  readonly before?: () => Promise<void> | void;
};

/** Keys of one partition that are heard at a time. */
const atOnce = 8;

/**
 * Hears messages of one partition: those of a key one after the other, different keys side by side, so that what they append shares commits. A
 * sign of life is heard after everything before it, since that is what it says. Ends at the first message that was not heard.
 */
export const hearInOrder = async (messages: readonly HeardMessage[], { hear, done, before }: Ordering): Promise<void> => {
  const last = new Map<string, Promise<boolean>>();
  const inHand = new Set<Promise<boolean>>();
  const heard = new Set<number>();
  let [next, ended] = [0, false];
  const work = async (message: HeardMessage, number: number, earlier: Promise<boolean> | undefined): Promise<boolean> => {
    const mine = (await (earlier ?? true)) && !ended && (await hear(message));
    if (!mine) ended = true;
    else heard.add(number);
    for (; heard.delete(next); next++) done(messages[next]!);
    return mine;
  };
  try {
    for (const [number, message] of messages.entries()) {
      if (isBeat(message)) await Promise.all(inHand);
      while (inHand.size >= atOnce) await Promise.race(inHand);
      if (ended) return;
      await before?.();
      const hearing = work(message, number, last.get(message.key));
      last.set(message.key, hearing);
      inHand.add(hearing);
      void hearing.then(() => inHand.delete(hearing));
      if (isBeat(message)) await hearing;
    }
  } finally {
    await Promise.all(inHand);
  }
};
