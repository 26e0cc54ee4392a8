import { exponentOf, isInTheFuture, type Category, type DetailField, type Money } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { By, Instant, SealedRef } from '@recourse/event-store';
import { living, type Complaint, type ComplaintDecision, type Details, type Source, type ToldDetails } from './complaint.js';

type Told = { readonly by: By; readonly at: Instant };

/** `characters`: how much was told. The text itself is sealed before anything is decided. */
export type TellWhatHappened = Told & { type: 'TellWhatHappened'; language?: string; characters: number; sealed: readonly SealedRef[] };
export type GiveDetails = Told & { type: 'GiveDetails'; details: Details; source?: Source; sealed: readonly SealedRef[] };
export type ChooseCategory = Told & { type: 'ChooseCategory'; category: Category };

/** May be told again, and after receipt too: every version stays. */
export const tell = ({ language, characters, sealed }: TellWhatHappened, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  if (characters === 0) return refuse('nothing-was-told', { pointers: ['/narrative/text'] });
  return [{ type: 'NarrativeGiven', language: language ?? complaint.language, sealed }];
};

/** Each detail is kept with where it comes from. What we have heard already, from the same side, is not written again. */
export const giveDetails = ({ details, source: said, by, at, sealed }: GiveDetails, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  const source = said ?? (by.role === 'platform' ? 'platform' : 'complainant');
  if (by.role === 'customer' && source !== 'complainant') return refuse('source-is-another', { pointers: ['/source'] });
  if (details.occurredAt && !isZone(details.occurredAt.zone)) return refuse('zone-unknown', { pointers: ['/details/occurredAt/zone'] });
  if (details.occurredAt && isInTheFuture(details.occurredAt.at, at))
    return refuse('occurred-in-the-future', { pointers: ['/details/occurredAt/at'] });
  if (details.amount && !inMinorUnits(details.amount)) return refuse('amount-not-in-minor-units', { pointers: ['/details/amount/value'] });
  const fresh = Object.entries(details).filter(([field, value]) => isNews(complaint.details, field as DetailField, value, source));
  if (fresh.length === 0) return [];
  return [
    { type: 'DetailsGiven', details: Object.fromEntries(fresh.map(([field, value]) => [field, { value, source }])) as ToldDetails, sealed },
  ];
};

/** The category may change as we understand more. */
export const choose = ({ category }: ChooseCategory, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  return complaint.category === category ? [] : [{ type: 'CategoryChosen', category }];
};

/** A sealed value cannot be compared: told again, it is news. */
const isNews = (known: ToldDetails, field: DetailField, value: unknown, source: Source): boolean => {
  const before = known[field];
  return !before || field === 'device' || before.source !== source || !same(before.value, value);
};

const same = (one: unknown, other: unknown): boolean => {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other;
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return Object.keys({ ...left, ...right }).every((key) => left[key] === right[key]);
};

/** Fen, cents, whole yen: a fraction of the smallest unit means somebody sent another unit. */
const inMinorUnits = ({ currency, value }: Money): boolean =>
  exponentOf(currency) !== undefined && Number.isSafeInteger(value) && value > 0;

/** IANA names only; what the runtime's calendar does not know, we cannot read back to anybody. */
const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};
