import { never, type Decision } from '@recourse/decider';
import type { EventMeta } from '@recourse/event-store';
import type { Language } from '@recourse/contracts';
import type { PreferencesRefusal } from './refusals.js';

/** What a customer may turn off. Letters are not among them: the law or a promise stands behind each. */
export type Choosable = 'security' | 'receipts' | 'progress' | 'guidance';
export type Choices = { readonly [T in Choosable]?: 'on' | 'off' };

export type PreferencesEvent = EventMeta & { readonly type: 'PreferencesSet'; readonly choices: Choices; readonly language?: Language };

/** `said` once he has said anything at all: to want everything is worth recording the first time. */
export type Preferences = { readonly choices: Choices; readonly language?: Language; readonly said?: true };

export type PreferencesDecision = Decision<PreferencesEvent, PreferencesRefusal>;

/** Everybody hears everything until he says otherwise. */
export const initial: Preferences = { choices: {} };

export const evolve = (_state: Preferences, event: PreferencesEvent): Preferences => {
  switch (event.type) {
    case 'PreferencesSet':
      return { choices: event.choices, ...(event.language && { language: event.language }), said: true };
    default:
      return never(event.type);
  }
};

/** Whether this customer does not want to hear of it. */
export const isTurnedOff = ({ choices }: Preferences, topic: string): boolean => choices[topic as Choosable] === 'off';
