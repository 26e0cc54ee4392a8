import type { IndexKey, WholeField } from '@recourse/edge';
import type { RecordV1, SealedRef } from '@recourse/event-store';

/** The events whose sealed groups can be found. */
export const indexedTypes = ['CaseOpened', 'FactsNoted', 'ContactRecorded', 'NoteAdded', 'RefundTargetSet'] as const;

/** A sealed group that can be found, and of which case. */
export type Findable = { readonly tenant: string; readonly case: string; readonly ref: SealedRef };

/** What is found by a group: whole values, and the words of texts. Nobody looks for a device, a date of birth, or what makes somebody vulnerable. */
const members: Readonly<
  Record<string, { readonly whole?: Readonly<Partial<Record<WholeField, string>>>; readonly words?: readonly string[] }>
> = {
  narrative: { words: ['text'] },
  note: { words: ['text'] },
  'contact-text': { words: ['text', 'proposedSolution'] },
  complainant: { whole: { name: 'name', telephone: 'telephone', email: 'email' } },
  'refund-target': { whole: { account: 'target' } },
};

/** The groups of a record that can be found. `corr` is the matter: the case has its id. */
export const findableIn = ({ tenant, corr, sealed = [] }: Pick<RecordV1, 'tenant' | 'corr' | 'sealed'>): readonly Findable[] =>
  sealed.filter(({ group }) => members[group]).map((ref) => ({ tenant, case: corr, ref }));

type Opened = Readonly<Record<string, unknown>>;

/** What stands in an opened group, by the field it is found by. */
export const valuesIn = (
  group: string,
  opened: Opened,
): { readonly whole: readonly (readonly [WholeField, string])[]; readonly texts: readonly string[] } => {
  const { whole = {}, words = [] } = members[group] ?? {};
  const text = (member: string): readonly string[] => (typeof opened[member] === 'string' ? [opened[member]] : []);
  return {
    whole: Object.entries(whole).flatMap(([field, member]) => text(member).map((value) => [field as WholeField, value] as const)),
    texts: words.flatMap(text),
  };
};

export type Token = { readonly field: WholeField | 'word'; readonly token: number };

/** The tokens of an opened group under the keys of one epoch, each once. */
export const tokensOf = (group: string, opened: Opened, key: IndexKey): readonly Token[] => {
  const { whole, texts } = valuesIn(group, opened);
  const found = new Map<string, Token>();
  const note = (field: Token['field'], token: number | undefined) =>
    token !== undefined && found.set(`${field} ${token}`, { field, token });
  for (const [field, value] of whole) note(field, key.tokenOf(field, value));
  for (const text of texts) for (const token of key.tokensIn(text).values()) note('word', token);
  return [...found.values()];
};
