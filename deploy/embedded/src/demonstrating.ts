import fs from 'node:fs';
import path from 'node:path';
import { stories } from './house.js';

/** Plays the demonstration into a home that has none yet. What it tells is data like any other, told through the front door. */
export const demonstrateOnce = async (home: string, url: string, mailUrl: string): Promise<'told' | 'told-before' | 'nothing-to-tell'> => {
  const mark = path.join(home, 'demonstrated');
  if (fs.existsSync(mark)) return 'told-before';
  const { seedDemonstration } = await stories();
  if (!seedDemonstration) return 'nothing-to-tell';
  await seedDemonstration(url, { mailUrl });
  fs.writeFileSync(mark, `${new Date().toISOString()}\n`);
  return 'told';
};
