import type { Code } from '@recourse/contracts';
import { never, type Decision } from '@recourse/decider';
import type { EventMeta, Instant } from '@recourse/event-store';
import type { OperationsRefusal } from './refusals.js';

/** What was done about one key that waits. Its messages stay where they are; here stands who decided what. */
export type WaitingKeyEvent = EventMeta &
  (
    | ({ readonly type: 'ParkedKeyRetried'; readonly message: string } & Place)
    | ({
        readonly type: 'SkipAsked';
        readonly request: string;
        readonly message: string;
        readonly hash: string;
        readonly askedBy: string;
        readonly why: Code<'skip-why'>;
        readonly expiresAt: Instant;
      } & Place)
    | { readonly type: 'SkipApproved'; readonly request: string; readonly message: string }
    | { readonly type: 'SkipDenied'; readonly request: string; readonly why: Code<'skip-denied-why'> }
    /** Recorded before the message is let go: from here on nobody tries it. */
    | { readonly type: 'MessageSkipped'; readonly request: string; readonly message: string }
    | { readonly type: 'SkipOvertaken'; readonly request: string; readonly message: string }
  );

/** Where the key waits; the key itself is not said, it may name an account. */
export type Place = { readonly key: string; readonly consumer: string; readonly topic: string };

export type SkipRequest = {
  readonly request: string;
  readonly message: string;
  readonly askedBy: string;
  readonly expiresAt: Instant;
  readonly stage: 'asked' | 'approved' | 'ended';
};
export type WaitingKeyState = { readonly skips: readonly SkipRequest[] };
export type WaitingKeyDecision = Decision<WaitingKeyEvent, OperationsRefusal>;

export const initial: WaitingKeyState = { skips: [] };

export const evolve = (state: WaitingKeyState, event: WaitingKeyEvent): WaitingKeyState => {
  const to = (request: string, stage: SkipRequest['stage']): WaitingKeyState => ({
    skips: state.skips.map((skip) => (skip.request === request ? { ...skip, stage } : skip)),
  });
  switch (event.type) {
    case 'ParkedKeyRetried':
      return state;
    case 'SkipAsked': {
      const { request, message, expiresAt, askedBy } = event;
      return { skips: [...state.skips, { request, message, expiresAt, askedBy, stage: 'asked' }] };
    }
    case 'SkipApproved':
      return to(event.request, 'approved');
    case 'SkipDenied':
    case 'MessageSkipped':
    case 'SkipOvertaken':
      return to(event.request, 'ended');
    default:
      return never(event);
  }
};
