import { readFileSync } from 'node:fs';
import { contractsFolder } from './platforms.loading.js';
import type { RetentionRow, RetentionTable } from './retention.js';

type Profile = Pick<RetentionTable, 'jurisdictions' | 'products'>;
type Committed = {
  readonly platforms: Readonly<Record<string, Profile>>;
  readonly otherwise: Profile;
  readonly rows: readonly RetentionRow[];
  readonly sources: Readonly<Record<string, string>>;
};

/** contracts/privacy/retention.json, read once when the process starts. */
export const committedRetention = JSON.parse(readFileSync(contractsFolder('privacy/retention.json'), 'utf8')) as Committed;

/** What holds for a platform that has published no table of its own. One nobody described answers to every law we know of. */
export const usualRetention = (tenant: string): RetentionTable => {
  const { platforms, otherwise, rows } = committedRetention;
  const { jurisdictions, products } = platforms[tenant] ?? otherwise;
  return { version: 0, jurisdictions, products, rows };
};
