import type { KeyChange } from '@recourse/event-store';
import type pg from 'pg';

/**
 * One kind of thing that a service keeps of what keys seal, and how it forgets it. Where each kind stands is a column of docs/privacy.md, and a
 * test compares that page with the tables there are and with what every service says it has forgotten (stories/src/disguised.spec.ts).
 */
export type Keeping = {
  /** As the governor, the certificate and docs/privacy.md count it: `blobs`, `files`. */
  readonly name: string;
  /** Made from what a key opened (an index of words): it goes when the key is restricted already. Sealed bytes wait until it is destroyed. */
  readonly opened: boolean;
  /**
   * Forgets, in the transaction that notes the order; how much there was. Called again after a crash, and once more a while later for what was under
   * way: it must do no harm. A restricted key may be released; nobody is asked to make again what can be made again from the log.
   */
  forget(transaction: Pick<pg.ClientBase, 'query'>, change: KeyChange): Promise<number>;
  /** The key has been released: what was made of its contents may be made again. */
  recall?(transaction: Pick<pg.ClientBase, 'query'>, change: KeyChange): Promise<void>;
};
