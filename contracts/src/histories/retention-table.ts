import type { RetentionTable } from '../retention.js';
import type { OrderVoice } from './key-order.js';
import type { Past } from './past.js';

/** One version of a platform's table of periods. */
export type RetentionVersionShown = RetentionTable & {
  readonly stage: 'asked' | 'published' | 'denied' | 'withdrawn';
  readonly effectiveFrom: string;
  readonly expiresAt: string;
  readonly asked: OrderVoice;
  readonly decided?: OrderVoice & { readonly why?: string };
};

/** The versions of a platform's table, in the order in which they were asked for: GET /v1/privacy/retention. */
export type RetentionTableHistory = { readonly versions: readonly RetentionVersionShown[] };

/** What GET /v1/privacy/retention shows: what holds now, what was published before, what waits for a second person. */
export type RetentionShown = { readonly holds: RetentionTable; readonly versions: readonly RetentionVersionShown[] };

export const noRetentionVersions: RetentionTableHistory = { versions: [] };

type Asked = RetentionTable & Pick<RetentionVersionShown, 'effectiveFrom' | 'expiresAt'>;

export const retentionTableHistory = (history: RetentionTableHistory | undefined, { type, at, by, data }: Past): RetentionTableHistory => {
  const { versions } = history ?? noRetentionVersions;
  const voice = { by: by.actor, at };
  const decided = (stage: RetentionVersionShown['stage'], why?: string): RetentionTableHistory => ({
    versions: versions.map((one) =>
      one.version === data['version'] && one.stage === 'asked' ? { ...one, stage, decided: { ...voice, ...(why && { why }) } } : one,
    ),
  });
  switch (type) {
    case 'RetentionTableAsked': {
      const { version, jurisdictions, products, rows, effectiveFrom, expiresAt } = data as Asked;
      return {
        versions: [...versions, { version, jurisdictions, products, rows, stage: 'asked', effectiveFrom, expiresAt, asked: voice }],
      };
    }
    case 'RetentionTablePublished':
      return decided('published');
    case 'RetentionTableDenied':
      return decided('denied', data['why'] as string);
    case 'RetentionTableWithdrawn':
      return decided('withdrawn');
    default:
      throw new Error(`unknown to a table of periods: ${type}`);
  }
};

/** The version that is effective at an instant; undefined while none is. */
export const retentionAt = ({ versions }: RetentionTableHistory, at: string): RetentionTable | undefined => {
  const found = versions.filter(({ stage, effectiveFrom }) => stage === 'published' && effectiveFrom <= at).at(-1);
  if (!found) return undefined;
  const { version, jurisdictions, products, rows } = found;
  return { version, jurisdictions, products, rows };
};
