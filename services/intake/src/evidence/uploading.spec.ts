import { describe, expect, it } from '@jest/globals';
import { Problem } from '@recourse/edge';
import { takingTurns, uploadsAtOnce } from './uploading.http.js';

describe('Uploads at once', () => {
  it('are so many; one more is asked to come back, and is welcome when one has ended', async () => {
    const ends: (() => void)[] = [];
    const running = Array.from({ length: uploadsAtOnce }, () =>
      takingTurns(() => new Promise<string>((resolve) => ends.push(() => resolve('taken')))),
    );
    const turnedAway = await takingTurns(async () => 'taken').catch((error: unknown) => error);
    expect(turnedAway).toBeInstanceOf(Problem);
    expect(turnedAway).toMatchObject({ status: 503, code: 'uploads-busy', headers: { 'retry-after': '2' } });
    ends[0]!();
    await running[0];
    expect(await takingTurns(async () => 'taken')).toBe('taken');
    ends.forEach((end) => end());
    expect(await Promise.all(running)).toEqual(Array(uploadsAtOnce).fill('taken'));
  });
  it('give their turn back when they fail', async () => {
    for (let times = 0; times < uploadsAtOnce + 2; times++)
      await expect(takingTurns(() => Promise.reject(new Error('broken off')))).rejects.toThrow('broken off');
    expect(await takingTurns(async () => 'taken')).toBe('taken');
  });
});
