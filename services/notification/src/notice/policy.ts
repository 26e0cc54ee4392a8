import type { Money } from '@recourse/contracts';
import type { Channel, Facts, Topic } from './notice.js';

/** What a neighbour said, as far as it matters to a customer. */
export type Heard = { readonly type: string; readonly time: string; readonly data: Readonly<Record<string, unknown>> };

/** Somebody is to be told something: in which words, by which way, and what they are made of. */
export type Wanted = {
  readonly template: string;
  readonly topic: Topic;
  readonly way: Channel;
  readonly facts: Facts;
  /** The one route this is for (of a code, of an alert); else the customer's newest trusted one. */
  readonly route?: string;
  /** An alert to an old route: where that is no mail address, the platform is asked to send it there. */
  readonly alert?: true;
  readonly letter?: string;
  readonly promise?: string;
  readonly stepUp?: string;
  readonly expires?: string;
  /** When this message itself says when the next one comes. `none`: it is the last. */
  readonly nextUpdate?: string | 'none';
  /** Sealed groups of the message that the words are made of. */
  readonly carries?: readonly string[];
};

type Data = Readonly<Record<string, string>>;
type Telling = (data: Data, heard: Heard) => Wanted | undefined;

const facts = (of: Readonly<Record<string, unknown>>): Facts =>
  Object.fromEntries(Object.entries(of).filter(([, fact]) => fact !== undefined && fact !== null)) as Facts;

const mail = (template: string, topic: Topic, of: Readonly<Record<string, unknown>>, more: Partial<Wanted> = {}): Wanted => ({
  template,
  topic,
  way: 'email',
  facts: facts(of),
  ...more,
});
const progress = (template: string, of: Readonly<Record<string, unknown>>, more: Partial<Wanted> = {}) =>
  mail(template, 'progress', of, more);
const security = (template: string, of: Readonly<Record<string, unknown>>, more: Partial<Wanted> = {}) =>
  mail(template, 'security', of, more);

const money = (value: unknown): Money | undefined => value as Money | undefined;

const refund =
  (step: string, amount: (data: Readonly<Record<string, unknown>>) => unknown = ({ amount }) => amount): Telling =>
  ({ reference, due, ledgerReference, why }, { data }) =>
    progress('refund-progress', {
      reference,
      step,
      amount: money(amount(data)),
      due,
      ledgerReference,
      ...(step === 'declined' && { whyDeclined: why }),
      ...(step === 'failed' && { whyFailed: why }),
    });

const measure =
  (template: string): Telling =>
  ({ reference, kind }) =>
    progress(template, { reference, kind });

const ways: Readonly<Record<string, Channel>> = { email: 'email', platform: 'platform', post: 'post' };

/** The words in which an old route hears that the routes of its account were changed. */
const alerts: Readonly<Record<string, string>> = { registered: 'route-added', removed: 'route-removed' };

/** Whether these are words for a route that was believed when it happened, and hears of it whatever has become of it since. */
export const isAlert = (template: string): boolean => Object.values(alerts).includes(template);

/** Whenever this is heard, the customer is told. What is not here is not for the customer, or reaches her in a letter. */
const tellings: Readonly<Record<string, Telling>> = {
  // account-lock: only ever to the routes the platform registered
  AccountLocked: ({ account, scope, cause, until }, { time }) =>
    security('account-locked', { account, state: scope === 'all' ? 'locked' : 'outgoing-blocked', cause, since: time, until }),
  LockConfirmed: ({ account }) => security('lock-confirmed', { account }),
  LockLapsed: ({ account }) => security('lock-lapsed', { account }),
  IdentityConfirmed: ({ account }) => security('identity-confirmed', { account }),
  AccountUnlocked: ({ account }) => security('account-unlocked', { account }, { nextUpdate: 'none' }),
  UnlockDenied: ({ account, why }) => security('unlock-denied', { account, why }),
  LimitSet: ({ account, until }, { data }) => security('limit-set', { account, amount: money(data['amount']), until }),
  LimitLifted: ({ account }) => security('limit-ended', { account }),
  LimitExpired: ({ account }) => security('limit-ended', { account }),
  OldRouteAlerted: ({ account, route, change, until }, { time }) =>
    security(alerts[change!]!, { account, since: time, until }, { route: route!, alert: true, nextUpdate: 'none' }),
  StepUpAsked: ({ stepUp, route, expires }) =>
    security(
      'one-time-code',
      { expires },
      { stepUp: stepUp!, route: route!, expires: expires!, nextUpdate: 'none', carries: ['one-time-code'] },
    ),

  // case-tracking: every stage, contact, promise, letter, measure and payment
  CaseOpened: ({ kind, reference, receivedAt, category }, { data }) =>
    kind === 'protective' ? undefined : mail('case-opened', 'receipts', { reference, receivedAt, category, amount: money(data['amount']) }),
  CaseAssessed: ({ reference, category }) => progress('case-assessed', { reference, category }),
  CasePrioritised: ({ reference, priority }) => progress('case-prioritised', { reference, priority }),
  ContactRecorded: ({ reference, receipt, badge, channel, nextUpdate }, { time }) =>
    mail(
      'contact-receipt',
      'receipts',
      { reference, receipt, badge, channel, contactAt: time },
      { carries: ['contact-text'], ...(nextUpdate && { nextUpdate }) },
    ),
  UpdatePromised: ({ reference, promise, due }) => progress('update-promised', { reference, due }, { promise: promise!, nextUpdate: due! }),
  PromiseMissed: ({ reference, promise, due }) => progress('promise-missed', { reference, due }, { promise: promise! }),
  LetterIssued: ({ reference, letter, kind, channel, promise, nextUpdate }) =>
    mail(
      'letter',
      'letters',
      { reference, kind },
      {
        way: ways[channel ?? 'email'] ?? 'platform',
        letter: letter!,
        ...(promise && { promise }),
        ...(nextUpdate && { nextUpdate }),
        carries: ['letter-text'],
      },
    ),
  InformationAsked: ({ reference, from, what, due }) =>
    from === 'complainant' ? progress('information-asked', { reference, what, due }) : undefined,
  CauseFound: ({ reference, cause, solution }) => progress('cause-found', { reference, cause, solution }),
  MeasurePlanned: measure('measure-planned'),
  MeasureDone: measure('measure-done'),
  MeasureDropped: measure('measure-dropped'),
  CaseClosed: ({ reference, how, outcome }) => progress('case-closed', { reference, how, outcome }, { nextUpdate: 'none' }),
  CaseReopened: ({ reference, why }) => progress('case-reopened', { reference, why }),
  ComplaintWithdrawn: ({ reference }) => progress('complaint-withdrawn', { reference }, { nextUpdate: 'none' }),

  // the money
  PaymentDisputed: ({ reference }, { data }) => progress('payment-disputed', { reference, amount: money(data['claimed']) }),
  PaymentConfirmed: ({ reference }, { data }) => progress('payment-confirmed', { reference, amount: money(data['paid']) }),
  RefundRequested: refund('requested'),
  MerchantAsked: refund('merchant-asked'),
  RefundApproved: refund('approved'),
  RefundDeclined: refund('declined'),
  MerchantReviewLapsed: refund('lapsed'),
  CreditOrdered: refund('ordered'),
  CreditConfirmed: refund('confirmed'),
  CreditFailed: refund('failed'),
};

/** The message types this service has something to say about. */
export const tellsOf: readonly string[] = Object.keys(tellings);

/** Whenever X is heard, who is affected is told Y, or nothing. What an authority forbids to disclose is never told. */
export const whenHeard = (heard: Heard): Wanted | undefined =>
  heard.data['disclosable'] === false ? undefined : tellings[heard.type]?.(heard.data as Data, heard);
