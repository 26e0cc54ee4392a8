import type { Carrier } from './carrying.js';
import { carryingContract } from './carrying-contract.js';
import { hearingContract } from './hearing-contract.js';

/** Everything a carrier has to promise, by itself and with an inbox behind it. One suite, run against each of them. */
export const transportContract = (name: string, carrier: () => Carrier): void => {
  carryingContract(name, carrier);
  hearingContract(name, carrier);
};
