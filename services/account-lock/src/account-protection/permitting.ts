import { instantPlus, type Code, type Money, type PermissionShown } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import type { AccountProtection, LimitKind } from './account-protection.js';

/** What a wallet may ask about. */
export type Operation = Code<'operation'>;
type Reason = PermissionShown['reasons'][number];

const outgoing: ReadonlySet<Operation> = new Set(['pay', 'transfer-out', 'withdraw']);
const believedFor = 'PT30S';

/** Whether this operation may go ahead now. Locks and limits stand until the record says they ended: a late answer errs on the safe side. */
export const permission = (state: AccountProtection, operation: Operation, amount: Money | undefined, at: Instant): PermissionShown => {
  const limits = lowest(state);
  const no: Reason[] = [];
  if (state.locks.some(({ scope }) => scope === 'all')) no.push('account-is-locked');
  if (outgoing.has(operation)) {
    if (state.locks.some(({ scope }) => scope === 'outgoing')) no.push('outgoing-is-blocked');
    if (state.demands.length > 0) no.push('code-is-demanded');
    if (limits.length > 0 && !amount) no.push('amount-is-missing');
    if (amount && limits.some((limit) => limit.amount.currency !== amount.currency)) no.push('limit-in-another-currency');
    if (amount && limits.some((limit) => limit.amount.currency === amount.currency && amount.value > limit.amount.value))
      no.push('above-limit');
  }
  const ends = [...state.locks, ...state.limits].flatMap(({ until }) => (until && until > at ? [until] : []));
  return {
    allowed: no.length === 0,
    reasons: state.watched ? [...no, 'account-is-watched'] : no,
    sequence: state.sequence,
    validUntil: [instantPlus(at, believedFor), ...ends].sort()[0]!,
    limits,
  };
};

/** The answer when the protection could not be read: no. */
export const unreadable = (at: Instant): PermissionShown => ({
  allowed: false,
  reasons: ['protection-is-unreadable'],
  validUntil: at,
  limits: [],
});

/** The lowest limit of each kind and currency. */
const lowest = ({ limits }: AccountProtection): PermissionShown['limits'] => {
  const found = new Map<string, { kind: LimitKind; amount: Money }>();
  for (const { kind, amount } of limits) {
    const key = `${kind} ${amount.currency}`;
    const known = found.get(key);
    if (!known || amount.value < known.amount.value) found.set(key, { kind, amount });
  }
  return [...found.values()];
};
