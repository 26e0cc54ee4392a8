import { expect, it } from '@jest/globals';
import { choose } from './planning.js';

const all = ['append.1', 'append.32', 'append.full.32', 'replay.10', 'replay.1000'].map((name) => ({ name }));
const names = (...wanted: string[]) => choose(all, wanted).chosen.map(({ name }) => name);

it('a name stands for itself and for all that begin with it, and none for all', () => {
  expect(names('append.full')).toEqual(['append.full.32']);
  expect(names('append')).toEqual(['append.1', 'append.32', 'append.full.32']);
  expect(names('replay.10')).toEqual(['replay.10']);
  expect(names()).toHaveLength(5);
});

it('says which names it does not know', () => {
  expect(choose(all, ['append', 'appending']).unknown).toEqual(['appending']);
});
