import type { Caller, Role } from './calling.js';
import { AccessRefused } from './refusing.js';

/** How long ago somebody may have signed in, as an ISO 8601 duration in minutes or hours, and how strongly. */
export type LoginAge = { readonly within: `PT${number}${'M' | 'H'}`; readonly acr?: string };
export type Freshness = LoginAge & { readonly seconds: number };

export const freshness = ({ within, acr }: LoginAge): Freshness => {
  const [, amount, unit] = /^PT(\d{1,4})([MH])$/.exec(within) ?? [];
  if (!amount || !unit) throw new Error(`@Fresh({ within: '${within}' }): expected minutes or hours, as in PT15M`);
  return { within, seconds: Number(amount) * (unit === 'H' ? 3600 : 60), ...(acr !== undefined && { acr }) };
};

/** Those who sign in. A platform proves itself with every token it asks for, and so does its customer's. */
const signIn: ReadonlySet<Role> = new Set(['agent', 'supervisor', 'auditor', 'operator', 'privacy-officer']);

const leewaySeconds = 5;

/** RFC 9470: a token that is good, but of a login that is too old or too weak for this, is answered with what is needed. `now` in milliseconds. */
export const mustBeFresh = ({ seconds, acr }: Freshness, caller: Caller, now: number): void => {
  if (!signIn.has(caller.role)) return;
  const needs = `max_age="${seconds}"${acr === undefined ? '' : `, acr_values="${acr}"`}`;
  const refuse = (code: 'login-too-old' | 'login-too-weak', words: string) =>
    new AccessRefused(code, undefined, {
      'www-authenticate': `Bearer error="insufficient_user_authentication", error_description="${words}", ${needs}`,
    });
  const age = now / 1000 - (caller.authTime ?? -Infinity);
  // A login of the future is no login: whoever wrote that cannot tell the time.
  if (!(age <= seconds + leewaySeconds) || age < -leewaySeconds) throw refuse('login-too-old', 'A more recent login is needed');
  if (acr !== undefined && caller.acr !== acr) throw refuse('login-too-weak', 'A stronger login is needed');
};
