import { describe, it } from '@jest/globals';
import type { Code, RetentionTable } from '@recourse/contracts';
import { given } from '@recourse/decider/testing';
import type { MatterEvent, MatterNews } from './matter.js';
import { matterRetention } from './retaining.js';

const matter = '019a9d10-5b31-7e02-9a44-77c1d20f8e15';
const by = { actor: 'service:governance', role: 'service', client: 'governance' };
const at = (when: string) => ({ by, at: `${when}T09:00:00.000Z`, matter });
const heard = (what: MatterNews, when: string): MatterEvent => ({
  type: 'MatterHeard',
  matter,
  what,
  happenedAt: `${when}T09:00:00.000Z`,
});
const row = (starts: 'received' | 'closed' | 'money-moved', duration: string, basis: string) =>
  ({ jurisdiction: 'any', product: 'any', starts, duration, basis, source: 's', verified: true }) as const;
const table: RetentionTable = {
  version: 3,
  jurisdictions: ['uk'],
  products: ['wallet'],
  rows: [row('closed', 'P3Y', 'closing'), row('money-moved', 'P5Y', 'money')],
};
const dated = (until: string, basis: string, starts: 'closed' | 'money-moved', duration: string, version = 3): MatterEvent => ({
  ...{ type: 'RetentionDated', matter, table: version, basis, jurisdiction: 'any', starts, duration },
  until: `${until}T09:00:00.000Z`,
});
const closed = [heard('received', '2026-01-01'), heard('opened', '2026-01-01'), heard('closed', '2026-02-01')];
const kept = dated('2029-02-01', 'closing', 'closed', 'P3Y');
const ended = [...closed, kept];
const check = (why: Code<'key-order-why'>, when: string) => ({ type: 'CheckKept', why, ...at(when) }) as const;

describe('A matter', () => {
  it('is dated when it has ended, by the longest period', () => {
    const date = { type: 'DateRetention', table, ...at('2026-02-01') } as const;
    given(matterRetention)(closed[0]!, closed[1]!).when(date).recordsNothing();
    given(matterRetention)(...closed)
      .when(date)
      .records(kept);
    given(matterRetention)(...closed, heard('money-moved', '2026-01-20'))
      .when(date)
      .records(dated('2031-01-20', 'money', 'money-moved', 'P5Y'));
  });
  it('is dated anew by another version, for shorter too, and once', () => {
    const shorter = { ...table, version: 4, rows: [row('closed', 'P1Y', 'closing')] };
    const date = { type: 'DateRetention', table: shorter, ...at('2026-02-02') } as const;
    const anew = dated('2027-02-01', 'closing', 'closed', 'P1Y', 4);
    given(matterRetention)(...ended)
      .when(date)
      .records(anew);
    given(matterRetention)(...ended, anew)
      .when(date)
      .recordsNothing();
  });
  it('that is reopened has no day any more, and another one when it is closed again', () => {
    const reopened = [...ended, heard('reopened', '2026-06-01')];
    given(matterRetention)(...reopened)
      .when(check('retention-ended', '2040-01-01'))
      .isRefused('matter-is-open');
    given(matterRetention)(...reopened, heard('closed', '2026-07-01'))
      .when({ type: 'DateRetention', table, ...at('2026-07-01') })
      .records(dated('2029-07-01', 'closing', 'closed', 'P3Y'));
  });
  it('hears each thing once, however often it is told', () => {
    const again = { type: 'HearMatter', what: 'closed', happenedAt: '2026-02-01T09:00:00.000Z', ...at('2026-02-03') } as const;
    given(matterRetention)(...ended)
      .when(again)
      .recordsNothing();
    given(matterRetention)(...ended)
      .when({ type: 'HearMatter', what: 'opened', happenedAt: '2026-01-01T09:00:00.000Z', ...at('2026-02-03') })
      .recordsNothing();
    given(matterRetention)(closed[0]!, closed[1]!).when(again).records(heard('closed', '2026-02-01'));
  });
});

describe('Destroying its keys', () => {
  it('is refused while it is kept, is open or is unknown', () => {
    given(matterRetention)(...ended)
      .when(check('subject-request', '2029-01-31'))
      .isRefused('retention-runs', { facts: { matter, until: '2029-02-01T09:00:00.000Z', basis: 'closing' } });
    given(matterRetention)(...ended)
      .when(check('subject-request', '2029-02-01'))
      .recordsNothing();
    given(matterRetention)(closed[0]!).when(check('no-longer-needed', '2040-01-01')).isRefused('matter-is-open');
    given(matterRetention)().when(check('subject-request', '2040-01-01')).isRefused('matter-is-unknown');
  });
  it('of one that was never received is not', () => {
    given(matterRetention)().when(check('never-received', '2026-01-01')).recordsNothing();
    given(matterRetention)(...ended)
      .when(check('never-received', '2026-03-01'))
      .isRefused('retention-runs');
  });
  it.each(['authority-order', 'unlawful-processing', 'sealed-by-mistake'] as const)('for %s waits for no period', (why) =>
    given(matterRetention)(...ended)
      .when(check(why, '2026-03-01'))
      .recordsNothing(),
  );
});

describe('Its destruction', () => {
  const propose = { type: 'ProposeDestruction', orders: ['o1'], ...at('2029-02-01') } as const;
  const proposed: MatterEvent = { type: 'DestructionProposed', matter, orders: ['o1'], nextLook: '2029-03-03T09:00:00.000Z' };
  it('is proposed when its period has ended, by one of those who try at once', () => {
    given(matterRetention)(...ended)
      .when(propose)
      .records(proposed);
    given(matterRetention)(...ended, proposed)
      .when(propose)
      .isRefused('proposal-stands');
    given(matterRetention)(...ended)
      .when({ ...propose, ...at('2029-01-31') })
      .isRefused('proposal-stands');
  });
  it('is proposed again when nobody decided in time', () =>
    given(matterRetention)(...ended, proposed)
      .when({ ...propose, orders: ['o2'], ...at('2029-03-03') })
      .records({ ...proposed, orders: ['o2'], nextLook: '2029-04-02T09:00:00.000Z' } as MatterEvent));
  it('is put off while something forbids it', () => {
    const putOff: MatterEvent = { type: 'ProposalPutOff', matter, why: 'hold-stands', until: '2029-02-08T09:00:00.000Z' };
    given(matterRetention)(...ended)
      .when({ type: 'PutOffProposal', why: 'hold-stands', ...at('2029-02-01') })
      .records(putOff);
    given(matterRetention)(...ended, putOff)
      .when(propose)
      .isRefused('proposal-stands');
  });
  it('leaves nothing to look for, unless the case goes on', () => {
    const forgotten: MatterEvent = { type: 'MatterForgotten', matter };
    given(matterRetention)(...ended)
      .when({ type: 'ForgetMatter', ...at('2029-02-01') })
      .records(forgotten);
    given(matterRetention)(...ended, forgotten)
      .when({ type: 'ForgetMatter', ...at('2029-02-01') })
      .recordsNothing();
    given(matterRetention)(...ended, forgotten, heard('reopened', '2030-01-01'))
      .when(check('retention-ended', '2040-01-01'))
      .isRefused('matter-is-open');
  });
});
