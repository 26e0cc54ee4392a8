import { describe, expect, it } from '@jest/globals';
import { given } from '@recourse/decider/testing';
import { announceTenant } from './announcing.js';
import { tenant as decider, type TenantCommand } from './deciding.js';
import type { TenantEvent } from './tenant.js';

const profile = {
  tenant: 'lumen',
  name: { en: 'Lumen Wallet', 'zh-CN': '流明钱包' },
  respondent: 'Lumen Payments Ltd.',
  languages: ['en'],
  currency: 'EUR',
  zone: 'Europe/Dublin',
} as const;
const at = '2026-11-18T09:00:00.000Z';
const operator = (actor: string, client = 'desk') => ({ by: { actor, role: 'operator', client }, at });
const first = operator('w-1');
const second = operator('w-2');
const house = { by: { actor: 'service:governance', role: 'service', client: 'governance' }, at };

const created: TenantEvent = { type: 'TenantCreated', ...profile };
const asked: TenantEvent = {
  type: 'TenantCloseAsked',
  request: 'r-1',
  why: 'contract-ended',
  askedBy: 'w-1',
  expiresAt: '2026-11-18T13:00:00.000Z',
};
const limited: TenantEvent = { type: 'TenantLimited', limits: { rates: { tenant: 60 } } };
const closed: TenantEvent = { type: 'TenantClosed', request: 'r-1', why: 'contract-ended', askedBy: 'w-1' };
const told = given(decider);
const create: TenantCommand = { type: 'CreateTenant', ...profile, ...first };
const approve = (who = second): TenantCommand => ({ type: 'ApproveClosure', request: 'r-1', ...who });
const withdraw = (who = first): TenantCommand => ({ type: 'WithdrawClosure', request: 'r-1', ...who });

describe('A platform', () => {
  it('is created once; its name is its own for ever', () => {
    told().when(create).records(created);
    told(created)
      .when(create)
      .isRefused('tenant-is-created', { pointers: ['/tenant'] });
    told(created, asked, closed).when(create).isRefused('tenant-is-created');
  });

  it('that the house itself creates at each start is created once, and one that was closed stays closed', () => {
    told()
      .when({ ...create, ...house })
      .records(created);
    told(created)
      .when({ ...create, ...house })
      .recordsNothing();
    told(created, asked, closed)
      .when({ ...create, ...house })
      .recordsNothing();
  });

  it('is not called like the house, and lives in a zone of this world', () => {
    told()
      .when({ ...create, tenant: 'house' })
      .isRefused('tenant-name-is-reserved');
    told()
      .when({ ...create, tenant: 'UPPER' })
      .isRefused('tenant-name-is-reserved');
    told()
      .when({ ...create, zone: 'Mars/Olympus' })
      .isRefused('zone-is-unknown', { pointers: ['/zone'] });
  });

  it('is limited; saying what holds already says nothing', () => {
    const limit = (tenant: number): TenantCommand => ({ type: 'LimitTenant', limits: { rates: { tenant } }, ...first });
    told(created).when(limit(60)).records(limited);
    told(created, limited).when(limit(60)).recordsNothing();
    told(created, asked, closed).when(limit(60)).isRefused('tenant-is-closed');
  });
});

describe('Closing a platform', () => {
  it('is asked for once at a time', () => {
    const ask: TenantCommand = { type: 'AskClosure', request: 'r-1', why: 'contract-ended', ...first };
    told(created).when(ask).records(asked);
    told(created, asked)
      .when({ ...ask, request: 'r-2', ...second })
      .isRefused('closure-is-asked-for', { facts: { request: 'r-1' } });
    told(created, asked, closed)
      .when({ ...ask, request: 'r-2' })
      .isRefused('tenant-is-closed');
  });

  it('takes a second person', () => told(created, asked).when(approve()).records(closed));

  it.each(['desk', 'console', 'script'])('takes another person, not the same one at %s', (client) =>
    told(created, asked)
      .when(approve(operator('w-1', client)))
      .isRefused('second-person-is-the-first'),
  );

  it('is not decided after four hours', () => {
    told(created, asked)
      .when(approve({ ...second, at: '2026-11-18T12:59:59.999Z' }))
      .records(closed);
    told(created, asked)
      .when(approve({ ...second, at: '2026-11-18T13:00:00.000Z' }))
      .isRefused('closure-has-expired');
  });

  it('is not decided about a platform that has changed since, and who edits it cannot approve then', () =>
    told(created, asked, limited).when(approve()).isRefused('tenant-has-changed-since'));

  it('is decided once', () => {
    told(created, asked, closed).when(approve()).isRefused('closure-is-decided');
    told(created, asked, { type: 'TenantCloseWithdrawn', request: 'r-1' }).when(approve()).isRefused('closure-is-decided');
  });

  it('is denied with a reason, also after a change', () => {
    const deny: TenantCommand = { type: 'DenyClosure', request: 'r-1', why: 'cases-are-open', ...second };
    told(created, asked, limited).when(deny).records({ type: 'TenantCloseDenied', request: 'r-1', why: 'cases-are-open' });
    told(created, asked)
      .when({ ...deny, ...first })
      .isRefused('second-person-is-the-first');
    const { why: _why, ...mute } = deny;
    told(created, asked)
      .when(mute)
      .isRefused('closure-denial-needs-a-reason', { pointers: ['/why'] });
  });

  it('is taken back by who asked, however late, and asked for anew', () => {
    told(created, asked)
      .when(withdraw({ ...first, at: '2026-11-20T09:00:00.000Z' }))
      .records({ type: 'TenantCloseWithdrawn', request: 'r-1' });
    told(created, asked).when(withdraw(second)).isRefused('somebody-else-asked');
    told(created, asked, closed).when(withdraw()).isRefused('closure-is-decided');
    told(created, asked, { type: 'TenantCloseWithdrawn', request: 'r-1' })
      .when({ type: 'AskClosure', request: 'r-2', why: 'contract-ended', ...second })
      .records({ ...asked, request: 'r-2', askedBy: 'w-2' });
  });
});

describe('The neighbours', () => {
  const record = ({ type, ...data }: TenantEvent) => ({ type, tenant: 'lumen', data }) as unknown as Parameters<typeof announceTenant>[0];
  it('hear that it is there, what it may do and that it is closed, and not who asked', () => {
    expect(announceTenant(record(asked))).toEqual([]);
    expect([created, limited, closed].flatMap((event) => announceTenant(record(event))).map(({ key, type }) => `${key} ${type}`)).toEqual([
      'lumen/platform TenantCreated',
      'lumen/platform TenantLimited',
      'lumen/platform TenantClosed',
    ]);
    expect(announceTenant(record(closed))[0]?.data).toEqual({ tenant: 'lumen', why: 'contract-ended' });
  });
});
