import type { OrderedKey } from '@recourse/contracts';
import { part, type Part } from '@recourse/event-store';
import { custody } from '../custody/holding.js';
import { matterRetention, streamOfMatter } from '../retention/retaining.js';
import type { Told } from '../second-person.js';
import { keyOrder, type ApproveKeyOrder, type AskKeyOrder, type KeyOrderCommand } from './ordering.js';

type Parts = readonly [Part, ...Part[]];

export const streamOfOrder = (order: string): string => `key-order-${order}`;
export const streamOfCustody = (tenant: string): string => `custody-${tenant}`;

export const partOfOrder = (command: KeyOrderCommand): Part => part(keyOrder, streamOfOrder(command.order), command);

type About = Pick<AskKeyOrder, 'kind' | 'why' | 'keys'>;

/** Whatever forbids destroying these keys says its no here: a hold, a period that runs, a matter that has not ended. Restricting and releasing destroy nothing. */
export const forbidding = ({ kind, why, keys }: About, tenant: string, told: Told): readonly Part[] => {
  if (kind !== 'destroy') return [];
  const { by, at } = told;
  return [
    part(custody, streamOfCustody(tenant), { type: 'CheckHolds', keys, by, at }),
    ...mattersOf(keys).map((matter) => part(matterRetention, streamOfMatter(matter), { type: 'CheckKept', matter, why, by, at })),
  ];
};

/** The matters whose keys these are. */
export const mattersOf = (keys: readonly OrderedKey[]): readonly string[] => [
  ...new Set(keys.filter(({ scope }) => scope.startsWith('matter:')).map(({ scope }) => scope.slice('matter:'.length))),
];

/** An order is asked for and agreed to only while nothing forbids it; what is forbidden may be restricted instead. */
export const askedWithin = (tenant: string, command: AskKeyOrder): Parts => [partOfOrder(command), ...forbidding(command, tenant, command)];

export const approvedWithin = (tenant: string, command: ApproveKeyOrder, about: About): Parts => [
  partOfOrder(command),
  ...forbidding(about, tenant, command),
];
