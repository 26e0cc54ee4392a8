import type { PublishedPolicy } from '../policies.js';
import type { Past } from './past.js';

/** One version of one kind, and who published it when. */
export type PolicyShown = PublishedPolicy & { readonly publishedAt: string; readonly publishedBy: string };

/** One version of one kind in the list of them: GET /v1/policies. */
export type PolicyLine = Omit<PolicyShown, 'body'>;

/** What a platform has published, in the order in which it did. */
export type PoliciesHistory = { readonly published: readonly PolicyShown[] };

export const policiesHistory = (history: PoliciesHistory = { published: [] }, { type, at, by, data }: Past): PoliciesHistory => {
  switch (type) {
    case 'PolicyPublished':
      return {
        published: [
          ...history.published,
          { ...(data as unknown as PublishedPolicy), publishedAt: at, publishedBy: by.actor } as PolicyShown,
        ],
      };
    default:
      throw new Error(`unknown to a platform's policies: ${type}`);
  }
};
