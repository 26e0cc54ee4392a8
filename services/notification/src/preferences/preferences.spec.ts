import { describe, expect, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import { isTurnedOff, type PreferencesEvent } from './preferences.js';
import { preferences } from './setting.js';

const given = givenFor(preferences);
const told = { by: { actor: 'C-1', role: 'customer', client: 'quanpay' }, at: '2026-11-18T02:20:00.000Z' };
const quiet: PreferencesEvent = { type: 'PreferencesSet', choices: { guidance: 'off' }, language: 'en' };

describe('What a customer wants to hear of', () => {
  it('is recorded', () =>
    given()
      .when({ type: 'SetPreferences', ...told, choices: { guidance: 'off' }, language: 'en' })
      .records(quiet));
  it('says nothing new the second time', () =>
    given(quiet)
      .when({ type: 'SetPreferences', ...told, choices: { guidance: 'off', progress: 'on' }, language: 'en' })
      .recordsNothing());
  it('is recorded the first time, even when it is what everybody gets', () =>
    given()
      .when({ type: 'SetPreferences', ...told, choices: {} })
      .records({ type: 'PreferencesSet', choices: {} }));
  it('is everything until he says otherwise', () => expect(isTurnedOff(preferences.initial, 'guidance')).toBe(false));
  it('can be turned off', () => expect(isTurnedOff([quiet].reduce(preferences.evolve, preferences.initial), 'guidance')).toBe(true));
  it('always has security in it', () =>
    given()
      .when({ type: 'SetPreferences', ...told, choices: { security: 'off' } })
      .isRefused('security-notice-cannot-be-turned-off', { pointers: ['/choices/security'] }));
});
