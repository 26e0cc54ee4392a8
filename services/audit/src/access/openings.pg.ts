import type { AuditedOpening } from '@recourse/contracts';
import type { RecordV1 } from '@recourse/event-store';
import type pg from 'pg';
import type { EntityManager } from 'typeorm';
import type { Heard } from '../origin/records.pg.js';
import { dayOf, daysLookedAt, type DayOfActor } from './standing-out.js';

type Opened = { readonly purpose?: unknown; readonly position?: unknown; readonly groups?: readonly { readonly group?: unknown }[] };

/** Customers read what is their own, and services what they were told to do: neither is curious. */
const people = `role not in ('customer', 'service')`;
const reached = 'o.position < (select h.next from heard_origin h where h.origin = o.origin)';

/** Keeps an opening apart, in the transaction that keeps its record. */
export const keepOpening = async (client: pg.PoolClient, { origin, position, recordedAt }: Heard, record: RecordV1): Promise<void> => {
  if (record.type !== 'GroupsOpened') return;
  const { purpose = '', position: readAt, groups = [] } = record.data as Opened;
  const { tenant, corr, by } = record;
  const named = [...new Set(groups.map(({ group }) => String(group)))].sort();
  await client.query(
    `insert into heard_opening (origin, position, tenant, actor, role, client, corr, purpose, read_at, groups, recorded_at, day)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[origin, position, tenant, by.actor, by.role, by.client, corr, String(purpose)],
      ...[typeof readAt === 'number' ? readAt : null, named, recordedAt, dayOf(recordedAt)],
    ],
  );
};

type Row = {
  origin: string;
  position: string;
  actor: string;
  role: string;
  client: string;
  purpose: string;
  read_at: string | null;
  groups: string[];
  recorded_at: Date;
};

/** Who opened what of one matter, oldest first. The manager reads as the tenant. */
export const openingsOf = async (manager: EntityManager, matter: string): Promise<readonly AuditedOpening[]> => {
  const rows = (await manager.query(
    `select origin, position, actor, role, client, purpose, read_at, groups, recorded_at from heard_opening o
     where corr = $1 and ${reached} order by recorded_at, origin, position`,
    [matter],
  )) as Row[];
  return rows.map(({ origin, position, read_at: readAt, recorded_at: recordedAt, ...row }) => ({
    ...{ position: `${origin}:${position}`, recordedAt: recordedAt.toISOString() },
    ...row,
    readAt: readAt === null ? null : `${origin}:${readAt}`,
  }));
};

/** What each person opened on each of these days, and on the days before them that they are compared with. */
export const daysOf = async (
  ask: (sql: string, values: string[]) => Promise<unknown>,
  from: string,
  to: string,
): Promise<readonly DayOfActor[]> =>
  (await ask(
    `select tenant, to_char(day, 'YYYY-MM-DD') as day, actor, role, count(*)::int as openings, count(distinct corr)::int as matters,
       array_agg(distinct purpose order by purpose) as purposes
     from heard_opening o where ${people} and day between $1::date - ${daysLookedAt - 1} and $2::date and ${reached}
     group by tenant, day, actor, role order by day, actor, role, tenant`,
    [from, to],
  )) as DayOfActor[];
