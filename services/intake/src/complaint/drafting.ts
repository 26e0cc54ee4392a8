import type { ChannelKind, Code, Language } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import { living, type Complaint, type ComplaintDecision } from './complaint.js';

type Told = { readonly by: By; readonly at: Instant };

/** `served`: the kinds of channel this platform takes complaints through now, looked up in its directory. */
export type DraftComplaint = Told & {
  type: 'DraftComplaint';
  matter: string;
  channel: ChannelKind;
  served: readonly ChannelKind[];
  language: Language;
  account?: string;
  subject?: string;
};
/** Moves the conversation to another channel; all that was told stays. */
export type HandOff = Told & { type: 'HandOff'; to: ChannelKind; served: readonly ChannelKind[]; why: Code<'hand-off-why'> };
export type DiscardDraft = Told & { type: 'DiscardDraft'; why: Code<'discard-why'> };

/** A customer complains for himself; whoever acts for another is named as representative. */
export const draft = ({ matter, channel, served, language, account, subject, by }: DraftComplaint, state: Complaint): ComplaintDecision => {
  if (state.stage !== 'none') return [];
  if (!served.includes(channel)) return refuse('channel-not-served', { pointers: ['/channel'] });
  if (by.role === 'customer' && subject !== undefined && subject !== by.actor)
    return refuse('subject-is-another', { pointers: ['/subject'] });
  const whose = by.role === 'customer' ? by.actor : subject;
  return [
    {
      type: 'ComplaintDrafted',
      matter,
      channel,
      language,
      ...(account !== undefined && { account }),
      ...(whose !== undefined && { subject: whose }),
      ...(by.role === 'customer' && { reporterVerified: 'token-exchange' }),
    },
  ];
};

export const handOff = ({ to, served, why }: HandOff, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  if (complaint.channel === to) return [];
  if (!served.includes(to)) return refuse('channel-not-served', { pointers: ['/to'] });
  return [{ type: 'HandedOff', from: complaint.channel, to, why }];
};

/** What was received stays: it can be withdrawn at the case, never thrown away. */
export const discard = ({ why }: DiscardDraft, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return [];
  if (complaint.stage === 'received') return refuse('complaint-is-received');
  return [{ type: 'DraftDiscarded', why }];
};
