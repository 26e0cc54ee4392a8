import type { Instant } from '@recourse/event-store';
import type { NoteCodeSent } from './asking.js';
import type { Told } from './step-up.js';

export type NoticeHeard = { readonly account?: string; readonly stepUp?: string; readonly route?: string; readonly sentAt: Instant };

/** Whenever a notice with a code has left, the step-up knows by which route and when. */
export const whenNoticeSent = ({ account, stepUp, route, sentAt }: NoticeHeard): ((told: Told) => NoteCodeSent) | undefined =>
  account && stepUp && route ? (told) => ({ type: 'NoteCodeSent', ...told, stepUp, route, sentAt }) : undefined;
