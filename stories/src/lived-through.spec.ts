import { afterAll, beforeAll } from '@jest/globals';
import { liveIn, type LivedIn } from './living.js';
import { foldAnew } from './refolding.js';
import { refuseEverybody } from './refusing.js';

/** One house serves whoever looks at a life as a whole: to live through one takes longer than most that is asked of it. */
let house: LivedIn;
const undo: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  house = await liveIn((step) => undo.push(step));
}, 300_000);

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

// In this order: what is refused proves that it left no trace, and then every view is emptied.
refuseEverybody(() => house);
foldAnew(() => house);
