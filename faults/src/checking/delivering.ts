import { compareOrder, type Findings } from './finding.js';

/** A message as it lies in a topic. Signs of life are no messages. */
export type Carried = { readonly partition: number; readonly key: string; readonly id: string };

/** What one key had to say, in order. */
export type Spoken = ReadonlyMap<string, readonly string[]>;

/**
 * A topic holds every message at least once, the first time in the order of its key, and a key on one partition alone. Copies are allowed: their
 * number is returned.
 */
export const checkTopic = (
  where: string,
  spoken: Spoken,
  carried: Iterable<Carried>,
  findings: Findings,
): { copies: number; total: number } => {
  const firsts = new Map<string, string[]>();
  const partitions = new Map<string, number>();
  const met = new Set<string>();
  let copies = 0;
  let total = 0;
  for (const { partition, key, id } of carried) {
    total++;
    if ((partitions.get(key) ?? partition) !== partition) findings.add('broken', `${where}: ${key} on partitions ${partition} and others`);
    partitions.set(key, partition);
    if (met.has(id)) {
      copies++;
      continue;
    }
    met.add(id);
    const first = firsts.get(key);
    if (first) first.push(id);
    else firsts.set(key, [id]);
  }
  checkEffects(where, spoken, firsts, findings);
  return { copies, total };
};

/** Who hears has every effect of a key once and in order. */
export const checkEffects = (where: string, spoken: Spoken, effects: Spoken, findings: Findings): void => {
  for (const [key, wanted] of spoken) compareOrder(`${where} ${key}`, wanted, effects.get(key) ?? [], findings);
  for (const [key, seen] of effects) if (!spoken.has(key)) for (const id of seen) findings.add('unasked', `${where} ${key}: ${id}`);
};
