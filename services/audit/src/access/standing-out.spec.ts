import { describe, expect, it } from '@jest/globals';
import { comparedWithRole, dayBefore, type DayOfActor } from './standing-out.js';

const day = (actor: string, matters: number, more: Partial<DayOfActor> = {}): DayOfActor => ({
  ...{ tenant: 'quanpay', day: '2026-11-18', actor, role: 'agent', matters, openings: matters * 2, purposes: ['handling-complaint'] },
  ...more,
});
const standOut = (...days: readonly DayOfActor[]) =>
  comparedWithRole(days)
    .filter(({ standsOut }) => standsOut)
    .map((one) => `${one.actor} ${one.day}`);

describe('Somebody stands out', () => {
  it('who opens more than three times what is usual for the role', () =>
    expect(standOut(day('w-1', 9), day('w-2', 10), day('w-3', 11), day('w-4', 31))).toEqual(['w-4 2026-11-18']));

  it('not who opens as much as three times the median', () =>
    expect(standOut(day('w-1', 9), day('w-2', 10), day('w-3', 11), day('w-4', 30))).toEqual([]));

  it('not by little, however little the others do', () => expect(standOut(day('w-1', 1), day('w-2', 1), day('w-3', 9))).toEqual([]));

  it('beside a single colleague, too', () => expect(standOut(day('w-1', 3), day('w-2', 40))).toEqual(['w-2 2026-11-18']));

  it('alone, by what was usual within the four weeks before', () => {
    const weeks = Array.from({ length: 12 }, (_, at) => day('w-1', 8, { day: dayBefore('2026-11-18', at + 1) }));
    expect(standOut(...weeks, day('w-1', 25))).toEqual(['w-1 2026-11-18']);
    expect(standOut(...weeks.map((one) => ({ ...one, day: dayBefore(one.day, 40) })), day('w-1', 25))).toEqual([]);
  });

  it('within the own role and platform: those of others are no measure', () => {
    const others = [day('w-7', 1, { role: 'supervisor' }), day('w-8', 1, { tenant: 'tidepay' })];
    expect(standOut(...others, day('w-1', 20), day('w-2', 20))).toEqual([]);
  });

  it('and shows the median he is measured by, and no platform', () =>
    expect(comparedWithRole([day('w-1', 2), day('w-2', 4), day('w-3', 13)]).at(-1)).toEqual({
      ...{ day: '2026-11-18', actor: 'w-3', role: 'agent', matters: 13, openings: 26, purposes: ['handling-complaint'] },
      ...{ median: 4, standsOut: true },
    }));
});
