import { expect, it } from '@jest/globals';
import { shareUnder } from './appending-profiled.js';

const node = (id: number, functionName: string, ...children: number[]) => ({
  id,
  children,
  callFrame: { functionName, scriptId: '', url: '', lineNumber: 0, columnNumber: 0 },
});
// root(1) calls stamp(2), which calls leafOf(3), which calls hash(4); beside them the machine waits (5).
const profile = {
  nodes: [node(1, '(root)', 2, 5), node(2, 'stamp', 3), node(3, 'leafOf', 4), node(4, 'hash'), node(5, '(idle)')],
  startTime: 0,
  endTime: 100,
  samples: [5, 2, 3, 4, 5],
  timeDeltas: [40, 10, 5, 15, 30],
};

it('counts what a function does and what it has done, in all the time that passed', () => {
  expect(shareUnder('leafOf', profile)).toBeCloseTo(0.2);
  expect(shareUnder('stamp', profile)).toBeCloseTo(0.3);
});

it('fails when there is no such function, instead of finding that it costs nothing', () => {
  expect(() => shareUnder('digestOf', profile)).toThrow('no function digestOf');
});
