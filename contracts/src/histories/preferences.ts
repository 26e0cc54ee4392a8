import type { Past } from './past.js';

/** What a customer wants to hear of. What was never said is on. */
export type PreferencesHistory = {
  readonly choices: Readonly<Record<'security' | 'receipts' | 'progress' | 'guidance', 'on' | 'off'>>;
  readonly language?: string;
  readonly setAt?: string;
};

/** What a customer who has said nothing gets: everything. */
export const preferencesUnsaid: PreferencesHistory = { choices: { security: 'on', receipts: 'on', progress: 'on', guidance: 'on' } };

export const preferencesHistory = (_history: PreferencesHistory | undefined, { type, at, data }: Past): PreferencesHistory => {
  if (type !== 'PreferencesSet') throw new Error(`unknown to preferences: ${type}`);
  const { choices, language } = data as unknown as { readonly choices: Partial<PreferencesHistory['choices']>; readonly language?: string };
  return { choices: { ...preferencesUnsaid.choices, ...choices }, ...(language && { language }), setAt: at };
};
