import type { Language } from './platforms.js';
import type { Category, ChannelKind, Check, Code, DetailField, EvidenceKind } from './taxonomy.js';
import { checks } from './taxonomy.js';
import { taxonomy } from './taxonomy.loading.js';
import { wordingOf } from './wording.js';

/** What is known of a complaint, as far as completeness cares. */
export type Known = {
  readonly narrative: boolean;
  readonly complainant: boolean;
  readonly category?: Category;
  readonly details: readonly DetailField[];
  readonly checks: readonly Check[];
  /** Where the customer is talking to us now. */
  readonly channel: ChannelKind;
};

/** Something we still ask for: where it goes in the body of `POST /v1/complaints/{id}/details` or `/parties`, and the question to put. */
export type Missing = { readonly what: Asked; readonly pointer: string; readonly question: string };
export type Asked = 'narrative' | 'complainant' | 'category' | DetailField;

export type SuggestedChannel = { readonly kind: ChannelKind; readonly why: Code<'suggested-why'>; readonly because: string };

export type Completeness = {
  /** From 0 to 100: how much of what an assessment needs is there. */
  readonly score: number;
  readonly missing: readonly Missing[];
  /** Triage of a failed payment: the check to make next. */
  readonly nextCheck?: Check;
  readonly evidenceWelcome: readonly EvidenceKind[];
  readonly suggestedChannel?: SuggestedChannel;
};

/** Whatever the category, we ask when it happened. Without a category we ask for that first: no category means triage, never refusal. */
const withoutCategory: readonly DetailField[] = ['occurredAt'];
const muchIsMissing = 4;

/** What is still missing decides what we ask next, never whether we listen. */
export const completenessOf = (known: Known, language: Language): Completeness => {
  const facts = known.category && taxonomy.categories.get(known.category);
  const needed: readonly Asked[] = ['narrative', 'category', ...(facts?.needs ?? withoutCategory), 'complainant'];
  const missing = needed.filter((what) => !isKnown(what, known));
  const nextCheck = facts?.checksInOrder ? checks.find((check) => !known.checks.includes(check)) : undefined;
  const suggestedChannel = suggested(known, missing, language);
  return {
    score: Math.round((100 * (needed.length - missing.length)) / needed.length),
    missing: missing.map((what) => ({ what, pointer: pointerTo(what), question: wordingOf(language, 'question', what) })),
    ...(nextCheck && { nextCheck }),
    evidenceWelcome: facts?.evidenceWelcome ?? [],
    ...(suggestedChannel && { suggestedChannel }),
  };
};

const isKnown = (what: Asked, known: Known): boolean => {
  switch (what) {
    case 'narrative':
    case 'complainant':
      return known[what];
    case 'category':
      return known.category !== undefined;
    default:
      return known.details.includes(what);
  }
};

const pointerTo = (what: Asked): string =>
  what === 'narrative' ? '/narrative/text' : what === 'category' || what === 'complainant' ? `/${what}` : `/details/${what}`;

/** The app first, the telephone when it is complex: but not to somebody who is on the telephone, or at the counter, already. */
const suggested = ({ category, channel }: Known, missing: readonly Asked[], language: Language): SuggestedChannel | undefined => {
  if (channel === 'telephone' || channel === 'counter') return undefined;
  const facts = category && taxonomy.categories.get(category);
  const why = facts?.claimsProtection
    ? 'urgent'
    : facts?.talk
      ? 'complex'
      : missing.length >= muchIsMissing
        ? 'much-is-missing'
        : undefined;
  return why && { kind: 'telephone', why, because: wordingOf(language, 'suggested-why', why) };
};
