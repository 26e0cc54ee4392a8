import { afterAll, beforeAll } from '@jest/globals';
import { erasingClaims } from './erasing.js';
import { leakingClaims, stoppedClaims } from './leaking.js';
import { Masquerade } from './masquerading.js';

const house = new Masquerade();
beforeAll(() => house.play());
afterAll(() => house.clear());

// In this order: the second destroys keys, the third stops the house.
leakingClaims(house);
erasingClaims(house);
stoppedClaims(house);
