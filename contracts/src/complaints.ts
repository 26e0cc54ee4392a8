import type { Missing } from './completeness.js';
import type { ChannelEntry } from './histories/channel-directory.js';
import type { ComplaintHistory, ListedEvidenceHistory } from './histories/complaint.js';
import type { EvidenceHistory } from './histories/evidence.js';
import type { Language } from './platforms.js';
import type { Category, ChannelKind, Check, Code, EvidenceKind } from './taxonomy.js';

/** How much of what an assessment needs is there, and a question for everything that is not. */
export type CompletenessShown = {
  /** From 0 to 100. */
  readonly score: number;
  readonly missing: readonly Missing[];
  /** Triage of a failed payment: the check to make next. */
  readonly nextCheck?: Check;
  readonly evidenceWelcome: readonly EvidenceKind[];
  readonly suggestedChannel?: SuggestedChannelShown;
};

/** Where it would be easier to go on; all that was told stays. */
export type SuggestedChannelShown = {
  readonly kind: ChannelKind;
  readonly why: Code<'suggested-why'>;
  /** Why, in the customer's language. */
  readonly because: string;
  /** The platform's own number or page, from its directory. */
  readonly channel?: string;
  readonly address?: string;
  readonly hours?: ChannelEntry['hours'];
  readonly zone?: string;
};

/** A complaint as it is answered: everything told so far, and what is still to be asked. */
export type ComplaintShown = ComplaintHistory & {
  /** The case it became, once received: the same id. */
  readonly caseId?: string;
  /** What the customer can read out, once received. */
  readonly reference?: string;
  readonly completeness: CompletenessShown;
  readonly suggestedChannel?: SuggestedChannelShown;
};

/** A draft in a list. */
export type DraftShown = {
  readonly matter: string;
  readonly subject?: string;
  readonly channel: ChannelKind;
  readonly language: Language;
  readonly category?: Category;
  /** Whether it was told what happened: only then it can be received. */
  readonly narrative: boolean;
  readonly draftedAt: string;
  readonly touchedAt: string;
};

/** A piece of evidence as it is answered. The original name and the hash of what was given are sealed under `name`. */
export type EvidenceShown = Omit<EvidenceHistory, 'content'>;

/** The evidence of one complaint. */
export type EvidenceListShown = { readonly items: readonly ListedEvidenceHistory[] };

/** A channel of a platform. */
export type ChannelShown = ChannelEntry & {
  /** The tenant of the platform. */
  readonly platform: string;
  readonly platformName: string;
  /** Whether one may complain there now. */
  readonly served: boolean;
  /** Whether somebody answers now, by the platform's own clock. */
  readonly open: boolean;
};

/** The public directory; with `address`, whether that address is a platform's own. */
export type ChannelsShown = {
  readonly items: readonly ChannelShown[];
  readonly ours?: boolean;
  /** What to do, in the caller's language. */
  readonly advice?: string;
};
