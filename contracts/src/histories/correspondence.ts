import type { Past } from './past.js';

/** What notification knows of a matter, so that every message can say when the next one comes. */
export type CorrespondenceHistory = {
  readonly reference?: string;
  readonly language?: string;
  readonly account?: string;
  readonly subject?: string;
  readonly category?: string;
  readonly protective?: true;
  readonly updates: readonly { readonly promise: string; readonly due: string; readonly settled?: 'kept' | 'missed' }[];
  /** Times a receipt or a letter already named. */
  readonly told: readonly string[];
};

export const correspondenceHistory = (
  history: CorrespondenceHistory = { updates: [], told: [] },
  { type, data }: Past,
): CorrespondenceHistory => {
  const { promise, due, how, category } = data as Readonly<Record<string, string>>;
  switch (type) {
    case 'CorrespondenceOpened':
      return { ...history, ...(data as Omit<CorrespondenceHistory, 'updates' | 'told'>) };
    case 'CategoryNoted':
      return { ...history, category: category! };
    case 'UpdateAwaited':
      return { ...history, updates: [...history.updates.filter((one) => one.promise !== promise), { promise: promise!, due: due! }] };
    case 'UpdateTold':
      return { ...history, told: [...history.told, due!] };
    case 'UpdateSettled':
      return {
        ...history,
        updates: history.updates.map((one) => (one.promise === promise ? { ...one, settled: how as 'kept' | 'missed' } : one)),
      };
    default:
      throw new Error(`unknown to a correspondence: ${type}`);
  }
};
