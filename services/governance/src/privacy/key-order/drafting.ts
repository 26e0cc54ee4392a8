import type { OrderedKey } from '@recourse/contracts';
import { part, type Part } from '@recourse/event-store';
import { custody } from '../custody/holding.js';
import type { Told } from '../second-person.js';
import { keyOrder, type ApproveKeyOrder, type AskKeyOrder, type KeyOrderCommand } from './ordering.js';
import type { OrderKind } from './key-order.js';

type Parts = readonly [Part, ...Part[]];

export const streamOfOrder = (order: string): string => `key-order-${order}`;
export const streamOfCustody = (tenant: string): string => `custody-${tenant}`;

export const partOfOrder = (command: KeyOrderCommand): Part => part(keyOrder, streamOfOrder(command.order), command);

/** Whatever forbids destroying these keys says its no here. Restricting and releasing destroy nothing. */
export const forbidding = (
  { kind, keys }: { readonly kind: OrderKind; readonly keys: readonly OrderedKey[] },
  tenant: string,
  { by, at }: Told,
): readonly Part[] => (kind === 'destroy' ? [part(custody, streamOfCustody(tenant), { type: 'CheckHolds', keys, by, at })] : []);

/** An order is asked for and agreed to only while nothing forbids it; what is forbidden may be restricted instead. */
export const askedWithin = (tenant: string, command: AskKeyOrder): Parts => [partOfOrder(command), ...forbidding(command, tenant, command)];

export const approvedWithin = (
  tenant: string,
  command: ApproveKeyOrder,
  about: { readonly kind: OrderKind; readonly keys: readonly OrderedKey[] },
): Parts => [partOfOrder(command), ...forbidding(about, tenant, command)];
