import fs from 'node:fs';
import path from 'node:path';
import { stories } from './house.js';

/**
 * Tells the demonstration into a home that has none yet; it is data like any other, told through the front door. Answers the references
 * of its cases, now and at every later start. `beginning` is called when there is something to tell.
 */
export const demonstrateOnce = async (home: string, url: string, beginning: () => void): Promise<readonly string[]> => {
  const mark = path.join(home, 'demonstration.json');
  if (fs.existsSync(mark)) return (JSON.parse(fs.readFileSync(mark, 'utf8')) as { references: string[] }).references;
  const { seedDemonstration } = await stories();
  beginning();
  const { references } = await seedDemonstration(url);
  fs.writeFileSync(`${mark}.new`, JSON.stringify({ references }));
  fs.renameSync(`${mark}.new`, mark);
  return references;
};
