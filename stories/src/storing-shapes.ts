import { contractsFolder } from '@recourse/contracts';
import { services, type ServiceName } from '@recourse/embedded';
import fs from 'node:fs';
import path from 'node:path';
import type { Inside } from './peeking.js';
import { tellingExamples, type StoredShape } from './shaping.js';

/** What a slow machine, or a mail server that does not answer, brings into a run: their examples come with the first run that has them. */
const onlyInTrouble: ReadonlySet<string> = new Set([
  'NoticeFailed',
  'NoticeGivenUp',
  'EndpointDisabled',
  'LockLapsed',
  'StepUpExpired',
  'GapSeen',
  'GapClosed',
]);

const fileOf = (service: ServiceName, { type, sv }: Pick<StoredShape, 'type' | 'sv'>): string =>
  path.join(contractsFolder('stored'), service, `${type}.v${sv}.json`);

/**
 * Holds what the logs contain against contracts/stored, where every shape that was ever stored has its examples: what upcasters have to read for
 * ever. Gives what is not shown there yet, and writes it when told to.
 */
export const unshownShapes = async (inside: Inside, write: boolean): Promise<readonly string[]> => {
  const unshown: string[] = [];
  for (const service of services) {
    const rows = await inside.ask<StoredShape>(
      service,
      `select type, sv, array_agg(record->'data' order by position) as examples from log.event group by type, sv order by type, sv`,
    );
    for (const { type, sv, examples } of rows) {
      const file = fileOf(service, { type, sv });
      const known = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as StoredShape).examples : [];
      const news = tellingExamples(examples, known);
      if (news.length === 0 && fs.existsSync(file)) continue;
      if (!write && onlyInTrouble.has(type)) continue;
      unshown.push(`${service}/${type}.v${sv}`);
      if (!write) continue;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      const shape: StoredShape = { type, sv, examples: [...known, ...(known.length + news.length > 0 ? news : examples.slice(0, 1))] };
      fs.writeFileSync(file, `${JSON.stringify(shape, null, 2)}\n`);
    }
  }
  return unshown;
};
