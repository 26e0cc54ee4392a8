import { protectionStateOf, type AccountProtectionHistory, type ProtectionShown, type UnlockRequestShown } from '@recourse/contracts';

/** The whole protection of an account. A lock that must not be disclosed is not there for the customer, and does not show in the state either. */
export const protectionShown = (account: string, history: AccountProtectionHistory, role: string): ProtectionShown => {
  if (role !== 'customer') return { account, ...history };
  const locks = history.locks.filter(({ disclosable }) => disclosable);
  return { account, ...history, locks, signals: [], state: protectionStateOf({ ...history, locks }) };
};

/** One unlock request, or undefined when this account never had it. */
export const unlockRequestShown = (
  account: string,
  { unlockRequests }: AccountProtectionHistory,
  id: string | undefined,
  steps: readonly string[],
): UnlockRequestShown | undefined => {
  const request = id === undefined ? unlockRequests.at(-1) : unlockRequests.find((one) => one.request === id);
  return request && { account, steps, ...request };
};
