import type { Money } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { Instant } from '@recourse/event-store';
import type { CaseDecision, ProtectionNoted, Told } from './complaint-case.js';
import type { LiveCase } from './remembering.js';

export type AskForProtection = Told & {
  readonly type: 'AskForProtection';
  readonly request: string;
  readonly kind: 'lock' | 'limit';
  readonly scope: string;
  readonly amount?: Money;
  readonly until?: Instant;
};

/** account-lock decides; until it has, the case does not close. */
export const askForProtection = ({ request, kind, scope, amount, until, at }: AskForProtection, state: LiveCase): CaseDecision => {
  if (state.wishes[request]) return [];
  if (!state.facts.account) return refuse('account-is-unknown');
  if (!scopes[kind].includes(scope)) return refuse('scope-does-not-fit', { pointers: ['/scope'] });
  if (kind === 'limit' && !amount) return refuse('limit-needs-an-amount', { pointers: ['/amount'] });
  if (until !== undefined && until <= at) return refuse('due-has-passed', { pointers: ['/until'] });
  return [{ type: 'ProtectionAsked', request, kind, scope, ...(amount && { amount }), ...(until && { until }) }];
};

const scopes: Readonly<Record<'lock' | 'limit', readonly string[]>> = { lock: ['outgoing', 'all'], limit: ['single', 'daily'] };

export type NoteProtection = Told & ProtectionNoted & { readonly type: 'NoteProtection' };

/** Noted once for each change of the account; what comes late or twice says nothing new. */
export const noteProtection = (command: NoteProtection, state: LiveCase): CaseDecision => {
  const { lock, limit, unlock, state: stands, sequence, request, rule, disclosable } = command;
  const known = state.protection[lock ?? limit ?? unlock ?? ''];
  if (known && (known.state === stands || (sequence !== undefined && sequence <= known.sequence))) return [];
  return [
    {
      type: 'ProtectionNoted',
      ...(lock && { lock }),
      ...(limit && { limit }),
      ...(unlock && { unlock }),
      state: stands,
      ...(sequence !== undefined && { sequence }),
      ...(request && { request }),
      ...(rule && { rule }),
      ...(disclosable === false && { disclosable }),
    },
  ];
};

export type NoteProtectionDeclined = Told & { readonly type: 'NoteProtectionDeclined'; readonly why: string; readonly request?: string };

export const noteDeclined = ({ why, request }: NoteProtectionDeclined, state: LiveCase): CaseDecision =>
  request !== undefined && state.wishes[request] !== 'asked' ? [] : [{ type: 'ProtectionDeclined', why, ...(request && { request }) }];
