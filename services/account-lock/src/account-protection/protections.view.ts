import type { AccountProtectionHistory, ProtectedAccountShown } from '@recourse/contracts';
import type { View } from '@recourse/edge';
import { Column, Entity, PrimaryColumn, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { accountOf } from './announcing.js';

/** One line for each account that was ever protected: what a desk looks over. */
@Entity('protected_account')
export class ProtectedAccountRow {
  @PrimaryColumn('text')
  tenant: string;
  @PrimaryColumn('text')
  account: string;
  @Column('text')
  state: string;
  @Column('bigint')
  sequence: string;
  @Column('integer')
  locks: number;
  @Column('integer')
  limits: number;
  @Column('timestamptz')
  changedAt: Date;
}

export const protectionsView: View = {
  name: 'protections',
  version: 1,
  entities: [ProtectedAccountRow],
  async apply(rows, record, history) {
    if (!record.stream.startsWith('account-') || !('sequence' in record.data)) return;
    const { state, sequence, locks, limits } = await history<AccountProtectionHistory>();
    rows.put(ProtectedAccountRow, {
      tenant: record.tenant,
      account: accountOf(record),
      state,
      sequence: String(sequence),
      locks: locks.filter(({ ended }) => !ended).length,
      limits: limits.filter(({ ended }) => !ended).length,
      changedAt: new Date(record.at),
    });
  },
};

/** The accounts that are not simply open, or those that stand as asked. */
export const protectedAccounts = (manager: EntityManager, state?: string): SelectQueryBuilder<ProtectedAccountRow> => {
  const rows = manager.createQueryBuilder(ProtectedAccountRow, 'account');
  if (state === 'limited') return rows.where('account.limits > 0');
  return state ? rows.where('account.state = :state', { state }) : rows.where("(account.state <> 'open' or account.limits > 0)");
};

export const protectedAccountShown = ({
  account,
  state,
  sequence,
  locks,
  limits,
  changedAt,
}: ProtectedAccountRow): ProtectedAccountShown => ({
  account,
  state,
  sequence: Number(sequence),
  locks,
  limits,
  changedAt: changedAt.toISOString(),
});
