import type { Past } from './past.js';

/** What operators did about the telling of a service's log. */
export type TellingHistory = {
  readonly rewinds: readonly {
    readonly cursor: string;
    /** Told again from here on. */
    readonly position: number;
    /** What had been told by then. */
    readonly told: number;
    readonly why: string;
    readonly at: string;
    readonly by: string;
  }[];
};

export const tellingHistory = (history: TellingHistory | undefined, { type, at, by, data }: Past): TellingHistory => {
  switch (type) {
    case 'RelayRewound': {
      const { cursor, position, told, why } = data as { cursor: string; position: number; told: number; why: string };
      return { rewinds: [...(history?.rewinds ?? []), { cursor, position, told, why, at, by: by.actor }] };
    }
    default:
      throw new Error(`unknown to the telling of a log: ${type}`);
  }
};
