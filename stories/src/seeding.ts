import { randomBytes } from 'node:crypto';
import { accountTakenOver } from './account-taken-over.js';
import { moneyNotReceived } from './money-not-received.js';
import { everybody } from './signing-in.js';

/** A word of letters that makes the ids of one performance its own; letters alone never look like a telephone number. */
export const newRun = (): string => [...randomBytes(8)].map((byte) => 'abcdefghijklmnop'[byte % 16]).join('');

/** The first start finds something to look at: two complaints with their whole history, told through the front door like any other. */
export const seedDemonstration = async (url: string): Promise<{ readonly references: readonly string[] }> => {
  const stage = { who: everybody(url), url, step: () => undefined };
  const told = await Promise.all([accountTakenOver({ ...stage, run: newRun() }), moneyNotReceived({ ...stage, run: newRun() })]);
  return { references: told.map(({ reference }) => reference) };
};
