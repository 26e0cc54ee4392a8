import type { CallFailure, Called } from '@recourse/egress';

/** What a receiver answered, or why no answer came. */
export type Answered =
  { readonly status: number; readonly retryAfter?: string; readonly ms: number } | { readonly failed: Failure; readonly ms: number };

export type Failure = CallFailure | 'secret-unreadable';

export type Next = { readonly then: 'go-on' } | { readonly then: 'disable' } | { readonly then: 'wait'; readonly ms: number };

/** Of a call's answer only the status and the wish to be left alone for a while count. */
export const answeredAs = (called: Called): Answered => {
  if ('failed' in called) return called;
  const { status, headers, ms } = called;
  const retryAfter = headers['retry-after'];
  return { status, ms, ...(retryAfter !== undefined && { retryAfter }) };
};

/**
 * Seconds before the next try: short at first, so that a receiver that was down for seconds soon has everything; then ever longer,
 * hourly in the end.
 */
const waits = [1, 2, 5, 5, 5, 30, 120, 300, 600, 1800];
const atLast = 3600;

/** An endpoint that has been silent for so long is disabled; what it missed stays in the feed and comes when it is enabled again. */
export const patience = 5 * 24 * 3600 * 1000;

/** Retry-After as seconds or as a date, never more than an hour: a receiver may slow us down, not send us away. */
const asked = (retryAfter: string | undefined, now: number): number => {
  if (retryAfter === undefined) return 0;
  const seconds = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), atLast) : 0;
};

/**
 * After a try: on to the next message, the same one again later, or no more. `failures` counts the tries before this one; `jitter` is
 * chance, 0 to 1; `now` in milliseconds.
 */
export const afterTry = (answered: Answered, failures: number, jitter: number, now: number): Next => {
  if ('status' in answered && answered.status >= 200 && answered.status < 300) return { then: 'go-on' };
  if ('status' in answered && answered.status === 410) return { then: 'disable' };
  const wait = (waits[failures] ?? atLast) * (0.8 + 0.4 * jitter);
  const wish = 'status' in answered ? asked(answered.retryAfter, now) : 0;
  return { then: 'wait', ms: Math.round(Math.max(wait, wish) * 1000) };
};

/** Standard Webhooks wants an id without dots; the same message has the same id at every try and every replay. */
export const webhookId = (message: string): string => message.replaceAll('.', '-');
