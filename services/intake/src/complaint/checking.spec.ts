import { describe, it } from '@jest/globals';
import { checks, type Check } from '@recourse/contracts';
import { given as givenFor } from '@recourse/decider/testing';
import type { ComplaintEvent } from './complaint.js';
import { complaint } from './deciding.js';

const given = givenFor(complaint);
const by = { actor: 'tidepay', role: 'platform', client: 'tidepay' };
const at = '2026-11-18T09:00:00.000Z';
const drafted: ComplaintEvent = { type: 'ComplaintDrafted', matter: 'm1', channel: 'app', language: 'en' };
const made = (check: Check, result: 'fine' | 'faulty' | 'unknown' = 'fine'): ComplaintEvent => ({
  type: 'CheckRecorded',
  check,
  result,
  how: 'automatic',
});
const record = (check: Check, result: 'fine' | 'faulty' | 'unknown' = 'fine') =>
  ({ type: 'RecordCheck', by, at, check, result, how: 'automatic' }) as const;

describe('Recording a check', () => {
  it('begins with the network', () => given(drafted).when(record('network')).records(made('network')));
  it.each([
    ['balance', 'network'],
    ['merchant-interface', 'network'],
    ['human', 'network'],
  ] as const)('refuses %s before %s', (later, earlier) =>
    given(drafted)
      .when(record(later))
      .isRefused('earlier-check-missing', { pointers: ['/check'], facts: { missing: earlier } }),
  );
  it('names the first check that is missing', () =>
    given(drafted, made('network'))
      .when(record('human'))
      .isRefused('earlier-check-missing', { facts: { missing: 'balance' } }));
  it('goes through all four in their order', () =>
    checks.forEach((check, at) =>
      given(drafted, ...checks.slice(0, at).map((one) => made(one)))
        .when(record(check))
        .records(made(check)),
    ));
  it('counts a check that could not tell', () =>
    given(drafted, made('network', 'unknown')).when(record('balance')).records(made('balance')));
  it('goes on after a faulty one', () => given(drafted, made('network', 'faulty')).when(record('balance')).records(made('balance')));
  it('says nothing when the result is the same again', () => given(drafted, made('network')).when(record('network')).recordsNothing());
  it('keeps another result of the same check', () =>
    given(drafted, made('network')).when(record('network', 'faulty')).records(made('network', 'faulty')));
  it('is refused to a discarded draft', () =>
    given(drafted, { type: 'DraftDiscarded', why: 'empty' }).when(record('network')).isRefused('draft-is-discarded'));
});
