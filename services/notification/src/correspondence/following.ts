import { decisions, type Decider } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import {
  evolve,
  initial,
  type Correspondence,
  type CorrespondenceDecision,
  type CorrespondenceEvent,
  type Whom,
} from './correspondence.js';

type Heard = { readonly by: By; readonly at: Instant };

export type OpenCorrespondence = Heard & { readonly type: 'OpenCorrespondence'; readonly whom: Whom };
export type NoteCategory = Heard & { readonly type: 'NoteCategory'; readonly category: string };
export type AwaitUpdate = Heard & { readonly type: 'AwaitUpdate'; readonly promise: string; readonly due: Instant };
export type SettleUpdate = Heard & { readonly type: 'SettleUpdate'; readonly promise: string; readonly how: 'kept' | 'missed' };
/** A message to the customer that names the time itself (a receipt, a letter). */
export type TellUpdate = Heard & { readonly type: 'TellUpdate'; readonly due: Instant };
export type CorrespondenceCommand = OpenCorrespondence | NoteCategory | AwaitUpdate | SettleUpdate | TellUpdate;

const open = ({ whom }: OpenCorrespondence, state: Correspondence): CorrespondenceDecision =>
  state.whom ? [] : [{ type: 'CorrespondenceOpened', ...whom }];

const noteCategory = ({ category }: NoteCategory, state: Correspondence): CorrespondenceDecision =>
  !state.whom || state.whom.category === category ? [] : [{ type: 'CategoryNoted', category }];

const awaitUpdate = ({ promise, due }: AwaitUpdate, state: Correspondence): CorrespondenceDecision =>
  state.awaited[promise] === due ? [] : [{ type: 'UpdateAwaited', promise, due }];

const settle = ({ promise, how }: SettleUpdate, state: Correspondence): CorrespondenceDecision =>
  promise in state.awaited ? [{ type: 'UpdateSettled', promise, how }] : [];

const tellUpdate = ({ due }: TellUpdate, state: Correspondence): CorrespondenceDecision =>
  state.told.includes(due) ? [] : [{ type: 'UpdateTold', due }];

/** What we remember of a matter so that every message can say when the next one comes. */
export const correspondence: Decider<CorrespondenceCommand, CorrespondenceEvent, Correspondence, never> = {
  initial,
  evolve,
  decide: decisions({
    OpenCorrespondence: open,
    NoteCategory: noteCategory,
    AwaitUpdate: awaitUpdate,
    SettleUpdate: settle,
    TellUpdate: tellUpdate,
  }),
};
