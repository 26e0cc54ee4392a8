import type { Past } from './past.js';

/** What a service has heard of a platform. */
export type HearsayHistory = {
  readonly heard: readonly { readonly what: string; readonly happenedAt: string; readonly heardAt: string }[];
};

export const hearsayHistory = (history: HearsayHistory | undefined, { type, at, data }: Past): HearsayHistory => {
  switch (type) {
    case 'PlatformHeard': {
      const { what, happenedAt } = data as { what: string; happenedAt: string };
      return { heard: [...(history?.heard ?? []), { what, happenedAt, heardAt: at }] };
    }
    default:
      throw new Error(`unknown to what is heard of a platform: ${type}`);
  }
};
