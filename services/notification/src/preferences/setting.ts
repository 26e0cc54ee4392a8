import { decisions, refuse, type Decider } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import type { Language } from '@recourse/contracts';
import { evolve, initial, type Choices, type Preferences, type PreferencesDecision, type PreferencesEvent } from './preferences.js';
import type { PreferencesRefusal } from './refusals.js';

/** The whole of what the customer wants, not a change to it: what is left out is on. */
export type SetPreferences = {
  readonly type: 'SetPreferences';
  readonly by: By;
  readonly at: Instant;
  readonly choices: Choices;
  readonly language?: Language;
};

const topics = ['security', 'receipts', 'progress', 'guidance'] as const;

const alike = (one: Choices, other: Choices): boolean => topics.every((topic) => (one[topic] ?? 'on') === (other[topic] ?? 'on'));

const set = ({ choices, language }: SetPreferences, state: Preferences): PreferencesDecision => {
  if (choices.security === 'off') return refuse('security-notice-cannot-be-turned-off', { pointers: ['/choices/security'] });
  if (state.said && alike(choices, state.choices) && language === state.language) return [];
  return [{ type: 'PreferencesSet', choices, ...(language && { language }) }];
};

export const preferences: Decider<SetPreferences, PreferencesEvent, Preferences, PreferencesRefusal> = {
  initial,
  evolve,
  decide: decisions({ SetPreferences: set }),
};
