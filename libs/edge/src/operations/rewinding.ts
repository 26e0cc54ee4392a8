import type { Code } from '@recourse/contracts';
import { decisions, refuse, type Decider, type Decision } from '@recourse/decider';
import type { By, EventMeta, Instant } from '@recourse/event-store';
import type { CursorName } from '@recourse/relay';
import type { OperationsRefusal } from './refusals.js';

/** What operators did about the telling of this log. */
export type TellingEvent = EventMeta & {
  readonly type: 'RelayRewound';
  readonly cursor: CursorName;
  readonly position: number;
  /** What had been told by then. */
  readonly told: number;
  readonly why: Code<'rewind-why'>;
};

export type RewindRelay = {
  readonly type: 'RewindRelay';
  readonly by: By;
  readonly at: Instant;
  readonly cursor: CursorName;
  readonly position: number;
  /** The last position told, looked up at this moment. */
  readonly told: number;
  readonly why: Code<'rewind-why'>;
};

/** Telling again is harmless: every hearer knows a message by its id. Going forward would lose everything in between. */
const rewind = ({ cursor, position, told, why }: RewindRelay): Decision<TellingEvent, OperationsRefusal> =>
  position > told
    ? refuse('rewind-goes-back-only', { pointers: ['/position'], facts: { told } })
    : [{ type: 'RelayRewound', cursor, position, told, why }];

/** Everything an operator may do about the telling of a log. It depends on nothing that was done before. */
export const telling: Decider<RewindRelay, TellingEvent, null, OperationsRefusal> = {
  initial: null,
  evolve: (state) => state,
  decide: decisions({ RewindRelay: rewind }),
  remembersNothing: true,
};
