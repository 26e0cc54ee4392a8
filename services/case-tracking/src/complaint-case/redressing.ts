import { refuse } from '@recourse/decider';
import type { CaseDecision, RedressItem, Told } from './complaint-case.js';
import type { LiveCase } from './remembering.js';

export type OfferRedress = Told & { readonly type: 'OfferRedress'; readonly redress: string; readonly items: readonly RedressItem[] };

/** 赔偿 admits liability, goodwill does not: each item says which it is. */
export const offer = ({ redress, items }: OfferRedress, state: LiveCase): CaseDecision => {
  if (state.redress[redress]) return [];
  if (!state.assessment) return refuse('case-is-not-assessed');
  const bare = items.findIndex((item) => isMoney(item) !== (item.amount !== undefined));
  return bare < 0
    ? [{ type: 'RedressOffered', redress, items }]
    : refuse('redress-amount-does-not-fit', { pointers: [`/items/${bare}/amount`] });
};

export type AcceptRedress = Told & { readonly type: 'AcceptRedress'; readonly redress: string };

/** Accepted, it is owed until a measure for it is done. */
export const accept = ({ redress }: AcceptRedress, state: LiveCase): CaseDecision => {
  const offered = state.redress[redress];
  if (!offered) return refuse('redress-is-unknown');
  return offered.state === 'accepted' ? [] : [{ type: 'RedressAccepted', redress }];
};

export type DeclineRedress = Told & { readonly type: 'DeclineRedress'; readonly redress: string };

export const decline = ({ redress }: DeclineRedress, state: LiveCase): CaseDecision => {
  const offered = state.redress[redress];
  if (!offered) return refuse('redress-is-unknown');
  if (offered.state === 'accepted') return refuse('redress-was-accepted');
  return offered.state === 'declined' ? [] : [{ type: 'RedressDeclined', redress }];
};

/** Accepted with money in it, and no measure that paid it is done. */
export const openRedress = (state: LiveCase): boolean =>
  Object.entries(state.redress).some(
    ([redress, { items, state: stands }]) =>
      stands === 'accepted' &&
      items.some(isMoney) &&
      !Object.values(state.measures).some(
        (measure) => measure.redress === redress && (measure.state === 'done' || measure.state === 'verified'),
      ),
  );

const isMoney = ({ kind }: RedressItem): boolean => kind !== 'apology' && kind !== 'non-monetary';
