import { instantPlus, type Code } from '@recourse/contracts';
import { decisions, pendingAbout, refuse, whyNotDecided, type Decider, type WhyNotDecided } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import type { OperationsRefusal } from './refusals.js';
import {
  evolve,
  initial,
  type Place,
  type SkipRequest,
  type WaitingKeyDecision,
  type WaitingKeyEvent,
  type WaitingKeyState,
} from './waiting-key.js';

type Told = { readonly by: By; readonly at: Instant };
/** Its first message as it stands at this moment; undefined when the key waits no more. */
type First = { readonly first: { readonly message: string; readonly hash: string } | undefined };

export type RetryParkedKey = Told & First & Place & { readonly type: 'RetryParkedKey' };
export type AskSkip = Told & First & Place & { readonly type: 'AskSkip'; readonly request: string; readonly why: Code<'skip-why'> };
export type ApproveSkip = Told & First & { readonly type: 'ApproveSkip'; readonly request: string };
export type DenySkip = Told & { readonly type: 'DenySkip'; readonly request: string; readonly why?: Code<'skip-denied-why'> };
export type NoteSkipped = Told & { readonly type: 'NoteSkipped'; readonly request: string };
export type NoteOvertaken = Told & { readonly type: 'NoteOvertaken'; readonly request: string };
export type WaitingKeyCommand = RetryParkedKey | AskSkip | ApproveSkip | DenySkip | NoteSkipped | NoteOvertaken;

/** An approval is given to what was seen, and soon: after that somebody asks anew. */
export const approvalWithin = 'PT4H';

/** One person is enough: trying again drops nothing and changes no order. */
const retry = ({ key, consumer, topic, first }: RetryParkedKey): WaitingKeyDecision =>
  first ? [{ type: 'ParkedKeyRetried', key, consumer, topic, message: first.message }] : refuse('key-does-not-wait');

/** A message that is let go never takes effect. So it is asked for by one person, for this very message, with a reason. */
const askSkip = ({ request, key, consumer, topic, first, why, by, at }: AskSkip, state: WaitingKeyState): WaitingKeyDecision => {
  if (!first) return refuse('key-does-not-wait');
  if (consumer === 'relay:records') return refuse('records-are-never-skipped');
  const open = pendingAbout(state.skips.map(asAsked), first.message, at);
  if (open) return refuse('skip-is-asked-for', { facts: { request: open.request } });
  if (state.skips.some(({ message, stage }) => message === first.message && stage === 'approved')) return refuse('skip-is-decided');
  const { message, hash } = first;
  const expiresAt = instantPlus(at, approvalWithin);
  return [{ type: 'SkipAsked', request, key, consumer, topic, message, hash, askedBy: by.actor, why, expiresAt }];
};

/** Decided by somebody else, while the message he was asked about is still the first one. */
const approveSkip = ({ request, first, by, at }: ApproveSkip, state: WaitingKeyState): WaitingKeyDecision => {
  const skip = requestOf(state, request);
  const why = whyNotDecided(asAsked(skip), { by, at }, first?.message);
  if (why) return refuse(refusals[why]);
  return [{ type: 'SkipApproved', request, message: skip.message }];
};

const denySkip = ({ request, why, by, at }: DenySkip, state: WaitingKeyState): WaitingKeyDecision => {
  const skip = requestOf(state, request);
  // A denial is right for a message that waits no more as well.
  const not = whyNotDecided(asAsked(skip), { by, at }, skip.message);
  if (not) return refuse(refusals[not]);
  return why ? [{ type: 'SkipDenied', request, why }] : refuse('skip-denial-needs-a-reason', { pointers: ['/why'] });
};

/** Said once, however often the process dies between saying it and letting the message go. */
const note =
  (type: 'MessageSkipped' | 'SkipOvertaken') =>
  ({ request }: NoteSkipped | NoteOvertaken, state: WaitingKeyState): WaitingKeyDecision => {
    const { stage, message } = requestOf(state, request);
    return stage === 'approved' ? [{ type, request, message }] : [];
  };

const requestOf = (state: WaitingKeyState, id: string): SkipRequest => {
  const found = state.skips.find(({ request }) => request === id);
  if (!found) throw new Error('nobody asked for this skip in this stream');
  return found;
};

const asAsked = (skip: SkipRequest) => ({ ...skip, about: skip.message });

const refusals = {
  'is-decided': 'skip-is-decided',
  'second-person-is-the-first': 'second-person-is-the-first',
  'has-expired': 'skip-has-expired',
  'has-moved-on': 'message-waits-no-more',
} as const satisfies Readonly<Record<WhyNotDecided, OperationsRefusal>>;

/** Everything that may be done about a key that waits. */
export const waitingKey: Decider<WaitingKeyCommand, WaitingKeyEvent, WaitingKeyState, OperationsRefusal> = {
  initial,
  evolve,
  decide: decisions({
    RetryParkedKey: retry,
    AskSkip: askSkip,
    ApproveSkip: approveSkip,
    DenySkip: denySkip,
    NoteSkipped: note('MessageSkipped'),
    NoteOvertaken: note('SkipOvertaken'),
  }),
};
