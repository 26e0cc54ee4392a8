import { expect, it } from '@jest/globals';
import { setImmediate as soon } from 'node:timers/promises';
import { Turns } from './turning.js';

it('lets many in side by side, one alone, and nobody past him', async () => {
  const turns = new Turns();
  const inside: string[] = [];
  const enter = async (name: string, alone = false) => {
    const leave = await turns.enter(alone);
    inside.push(name);
    return () => {
      inside.splice(inside.indexOf(name), 1);
      leave();
    };
  };
  const [a, b] = [await enter('a'), await enter('b')];
  expect(inside).toEqual(['a', 'b']);
  const suspect = enter('suspect', true);
  const c = enter('c');
  await soon();
  a();
  await soon();
  expect(inside).toEqual(['b']);
  b();
  const leave = await suspect;
  await soon();
  expect(inside).toEqual(['suspect']);
  leave();
  (await c)();
  expect(inside).toEqual([]);
});
