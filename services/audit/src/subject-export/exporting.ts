import type { ExportedEvent, ExportedGroup } from '@recourse/contracts';
import type { SealedRef } from '@recourse/event-store';
import { withSealsShown, type Gaps } from '../matter/differing.js';
import type { Told } from '../matter/telling.js';

/** Secrets of the house, which say nothing of anybody. */
const secrets: readonly string[] = ['one-time-code', 'webhook-secret'];

/** What of a record may be opened for the subject. */
export const openableIn = (page: readonly Told[]): readonly SealedRef[] => [
  ...new Map(
    page.flatMap(({ record }) =>
      (record.sealed ?? []).filter(({ group }) => !secrets.includes(group)).map((ref) => [ref.id, ref] as const),
    ),
  ).values(),
];

export type Texts = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** One event as the subject is shown it: of who did it only the role. */
export const exportedEvent = ({ origin, position, recordedAt, record }: Told, texts: Texts, gaps: Gaps): ExportedEvent => {
  const { at, type, by, data, sealed = [] } = record;
  return {
    ...{ position: `${origin}:${position}`, recordedAt, at, type, by: { role: by.role } },
    data: withSealsShown(data, gaps) as ExportedEvent['data'],
    groups: sealed.map(({ id, group, h, key }): ExportedGroup => {
      const value = texts.get(id);
      return { sealed: group, h, ...(value ? { value } : gaps.get(key)) };
    }),
  };
};

/** Of these kinds it is also said how they stand: whoever reads it should not have to fold. */
export const kindsWithState: readonly string[] = ['evidence', 'notice', 'account', 'preferences'];

/** Text in pieces of some size, so that nothing is held but the piece in hand. */
export async function* inPieces(texts: AsyncIterable<string>, size: number): AsyncGenerator<string> {
  let piece = '';
  for await (const text of texts) {
    piece += text;
    if (piece.length < size) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
