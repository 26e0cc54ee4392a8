import { describe, expect, it } from '@jest/globals';
import { pendingAbout, whyNotDecided, whyNotWithdrawn, type AskedOf } from './four-eyes.js';

const asked: AskedOf<number> = { askedBy: 'w-1', expiresAt: '2026-11-18T13:00:00.000Z', stage: 'asked', about: 7 };
const at = '2026-11-18T09:00:00.000Z';
const who = (actor: string, client = 'desk') => ({ by: { actor, client }, at });

describe('Two people', () => {
  it('are needed', () => expect(whyNotDecided(asked, who('w-2'), 7)).toBeUndefined());
  it('are not one person with two clients', () => {
    for (const client of ['desk', 'console', 'script'])
      expect(whyNotDecided(asked, who('w-1', client), 7)).toBe('second-person-is-the-first');
  });
  it('speak of the same state of it: new evidence, or an edit of his own, ends what was asked', () => {
    expect(whyNotDecided(asked, who('w-2'), 8)).toBe('has-moved-on');
    expect(whyNotDecided(asked, who('w-2'), undefined)).toBe('has-moved-on');
  });
  it('speak in time: at its end it is over', () => {
    expect(whyNotDecided(asked, { ...who('w-2'), at: '2026-11-18T12:59:59.999Z' }, 7)).toBeUndefined();
    expect(whyNotDecided(asked, { ...who('w-2'), at: asked.expiresAt }, 7)).toBe('has-expired');
  });
  it('decide once, and not about what was taken back', () => {
    for (const stage of ['approved', 'ended'] as const) expect(whyNotDecided({ ...asked, stage }, who('w-2'), 7)).toBe('is-decided');
  });
});

describe('What was asked', () => {
  it('is taken back by who asked, while nobody has decided', () => {
    expect(whyNotWithdrawn(asked, who('w-1'))).toBeUndefined();
    expect(whyNotWithdrawn(asked, who('w-2'))).toBe('somebody-else-asked');
    expect(whyNotWithdrawn({ ...asked, stage: 'approved' }, who('w-1'))).toBe('is-decided');
  });
  it('waits once for one thing', () => {
    expect(pendingAbout([asked], 7, at)).toBe(asked);
    expect(pendingAbout([asked], 8, at)).toBeUndefined();
    expect(pendingAbout([asked], 7, asked.expiresAt)).toBeUndefined();
    expect(pendingAbout([{ ...asked, stage: 'ended' }], 7, at)).toBeUndefined();
  });
});
