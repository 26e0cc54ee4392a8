import type { Category, Code, Money } from '@recourse/contracts';
import type { By, Instant, SealedRef } from '@recourse/event-store';
import type { Complainant, Representative, Source } from './complaint.js';
import type { ComplaintCommand } from './deciding.js';

type Person = { readonly name?: string; readonly telephone?: string; readonly email?: string; readonly address?: string };

/** What one request may tell of a complaint: any part of it, in any order, as often as is needed. */
export type Telling = {
  readonly narrative?: { readonly text: string; readonly language?: string };
  readonly category?: Category;
  readonly details?: {
    readonly account?: string;
    readonly occurredAt?: { readonly at: Instant; readonly precision?: Code<'time-precision'>; readonly zone?: string };
    readonly amount?: Money;
    readonly transaction?: string;
    readonly merchant?: string;
    readonly device?: object;
    readonly recipient?: string;
    readonly method?: Code<'method'>;
    readonly operation?: Code<'operation'>;
  };
  readonly source?: Source;
  readonly complainant?: Person & Partial<Omit<Complainant, 'minor'>> & { readonly dateOfBirth?: string };
  readonly representative?: Person & Omit<Representative, 'representative'>;
};

type Group = 'narrative' | 'device' | 'complainant' | 'representative';
export type Personal = { readonly group: Group; readonly value: object };

/** What of it is personal, and sealed before anything is decided. */
export const personalIn = ({ narrative, details, complainant, representative }: Telling): readonly Personal[] => [
  ...(narrative ? [{ group: 'narrative', value: { text: narrative.text } } as const] : []),
  ...(details?.device ? [{ group: 'device', value: details.device } as const] : []),
  ...(complainant ? [{ group: 'complainant', value: personOf(complainant) } as const] : []),
  ...(representative ? [{ group: 'representative', value: personOf(representative) } as const] : []),
];

const personOf = ({ name, telephone, email, address, dateOfBirth }: Person & { dateOfBirth?: string }): object =>
  defined({ name, telephone, email, address, dateOfBirth });

/** What is known beside the request itself. */
type Circumstances = {
  readonly by: By;
  readonly at: Instant;
  readonly sealed: readonly SealedRef[];
  /** Id for a representative who is named now. */
  readonly representative: string;
  /** In which the customer's clock is read, unless she says otherwise. */
  readonly zone: string;
};

/** The commands of one request, in the order of a conversation. A guardian is named before the minor who needs one. */
export const commandsFor = (telling: Telling, { by, at, sealed, representative: id, zone }: Circumstances): readonly ComplaintCommand[] => {
  const told = { by, at };
  const of = (group: Group) => sealed.filter((ref) => ref.group === group);
  const { narrative, category, details, source, complainant, representative } = telling;
  const commands: ComplaintCommand[] = [];
  if (representative) {
    const { subject, capacity, scope, until } = representative;
    commands.push({
      type: 'NameRepresentative',
      ...told,
      representative: id,
      capacity,
      scope,
      ...defined({ subject, until }),
      sealed: of('representative'),
    });
  }
  if (complainant) {
    const { subject, capacity = 'holder', kind = 'consumer', dateOfBirth: born } = complainant;
    commands.push({ type: 'NameComplainant', ...told, capacity, kind, ...defined({ subject, born }), sealed: of('complainant') });
  }
  if (narrative) {
    const { text, language } = narrative;
    commands.push({
      type: 'TellWhatHappened',
      ...told,
      ...defined({ language }),
      characters: [...text.trim()].length,
      sealed: of('narrative'),
    });
  }
  if (category) commands.push({ type: 'ChooseCategory', ...told, category });
  if (details && Object.keys(defined(details)).length > 0) {
    const { device, occurredAt, amount, ...plain } = details;
    const occurred = occurredAt && { at: occurredAt.at, precision: occurredAt.precision ?? 'minute', zone: occurredAt.zone ?? zone };
    const given = defined({
      ...plain,
      ...(occurred && { occurredAt: occurred }),
      ...(amount && { amount: { currency: amount.currency, value: amount.value } }),
      ...(device && { device: 'sealed' as const }),
    });
    commands.push({ type: 'GiveDetails', ...told, details: given, ...defined({ source }), sealed: of('device') });
  }
  return commands;
};

/** Without the members that were left out: a record has no holes. */
const defined = <T extends object>(value: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
