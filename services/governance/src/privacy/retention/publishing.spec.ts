import { describe, it } from '@jest/globals';
import { given } from '@recourse/decider/testing';
import { retentionTables, type RetentionTableEvent } from './publishing.js';

const told = (actor: string, when = '2026-11-18T09:00:00.000Z') => ({ by: { actor, role: 'privacy-officer', client: 'desk' }, at: when });
const one = told('officer-1');
const other = told('officer-2');
const row = { jurisdiction: 'any', product: 'any', starts: 'closed', duration: 'P3Y', basis: 'b', source: 's', verified: true } as const;
const table = { version: 1, jurisdictions: ['uk'], products: ['wallet'], rows: [row] };
const effectiveFrom = '2026-12-01T00:00:00.000Z';
const asked = { type: 'RetentionTableAsked', ...table, effectiveFrom, askedBy: 'officer-1', expiresAt: '2026-12-02T09:00:00.000Z' } as const satisfies RetentionTableEvent; // prettier-ignore
const published: RetentionTableEvent = { type: 'RetentionTablePublished', version: 1, effectiveFrom };
const ask = { type: 'AskRetentionTable', ...table, effectiveFrom, ...one } as const;
const publish = { type: 'PublishRetentionTable', version: 1, ...other } as const;

describe('A table of periods', () => {
  it('is asked for by one officer and published by another one', () => {
    given(retentionTables)().when(ask).records(asked);
    given(retentionTables)(asked).when(publish).records(published);
    given(retentionTables)(asked)
      .when({ ...publish, ...one })
      .isRefused('second-person-is-the-first');
    given(retentionTables)(asked, published).when(publish).isRefused('request-is-decided');
  });
  it('has the next number, and one waits at a time', () => {
    given(retentionTables)()
      .when({ ...ask, version: 2 })
      .isRefused('table-is-outdated', { facts: { next: 1 } });
    given(retentionTables)(asked).when(ask).isRefused('version-is-pending');
    given(retentionTables)(asked, { type: 'RetentionTableDenied', version: 1, why: 'not-the-law' }).when(ask).records(asked);
  });
  it('does not begin in the past, nor before the one before it', () => {
    given(retentionTables)()
      .when({ ...ask, effectiveFrom: one.at })
      .isRefused('effective-in-the-past');
    given(retentionTables)(asked, published)
      .when({ ...ask, version: 2, effectiveFrom: '2026-11-30T00:00:00.000Z' })
      .isRefused('effective-before-the-last');
    given(retentionTables)(asked)
      .when({ ...publish, at: effectiveFrom })
      .isRefused('effective-in-the-past');
  });
  it('keeps every matter for some time', () => {
    given(retentionTables)()
      .when({ ...ask, rows: [{ ...row, jurisdiction: 'uk' }] })
      .isRefused('table-has-no-end');
    given(retentionTables)()
      .when({ ...ask, rows: [{ ...row, duration: 'PT1H' }] })
      .isRefused('rows-are-wrong');
    given(retentionTables)()
      .when({ ...ask, rows: Array.from({ length: 25 }, () => row) })
      .isRefused('rows-are-wrong');
  });
  it('is taken back by whoever asked', () =>
    given(retentionTables)(asked)
      .when({ type: 'WithdrawRetentionTable', version: 1, ...one })
      .records({ type: 'RetentionTableWithdrawn', version: 1 }));
});
