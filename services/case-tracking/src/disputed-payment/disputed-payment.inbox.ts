import { signpostHistory } from '@recourse/contracts';
import type { Hearing } from '@recourse/edge';
import { part } from '@recourse/event-store';
import { disputedPayment } from './deciding.js';
import { whenStepUpPassed, type StepUpHeard } from './policy.js';

/** account-lock says that a customer has passed a one-time code; a refund that waited for it knows. */
export const stepUpHearing: Hearing = {
  consumer: 'case-tracking-step-ups',
  topics: ['recourse.account-lock.v1'],
  react: async ({ type, tenant, data }, { store }) => {
    const heard = data as StepUpHeard;
    const command = type === 'StepUpPassed' ? whenStepUpPassed(heard) : undefined;
    if (!command) return [];
    const [sign] = await store.readStream(`signpost-${heard.boundTo}`);
    if (!sign || sign.tenant !== tenant) return [];
    const { kind, to: stream } = signpostHistory(undefined, sign);
    return kind === 'refund' ? [{ stream, corr: sign.corr, parts: (told) => [part(disputedPayment, stream, command(told))] }] : [];
  },
};
