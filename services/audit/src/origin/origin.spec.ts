import { describe, expect, it } from '@jest/globals';
import { originHistory, type OriginHistory, type Past } from '@recourse/contracts';
import { given as givenFor } from '@recourse/decider/testing';
import { origin } from './noticing.js';
import type { OriginEvent } from './origin.js';

const given = givenFor(origin);
const told = { by: { actor: 'service:audit', role: 'service', client: 'audit' }, at: '2026-11-18T02:20:00.000Z', origin: 'case-tracking' };
const gap: OriginEvent = { type: 'GapSeen', origin: 'case-tracking', from: 5, to: 6 };
const closed: OriginEvent = { type: 'GapClosed', origin: 'case-tracking', from: 5, to: 6 };
const fork: OriginEvent = { type: 'ForkSeen', origin: 'case-tracking', position: 4, known: 'a', told: 'b' };
const broken: OriginEvent = { type: 'ChainBroken', origin: 'case-tracking', position: 9, stream: 'case-1', version: 3 };

describe('What the notary notices of a log', () => {
  it('is a gap, once', () => {
    given()
      .when({ type: 'NoticeGap', ...told, from: 5, to: 6 })
      .records(gap);
    given(gap)
      .when({ type: 'NoticeGap', ...told, from: 5, to: 6 })
      .recordsNothing();
  });
  it('is that a gap closed', () => {
    given(gap)
      .when({ type: 'NoticeGapClosed', ...told, from: 5, to: 6 })
      .records(closed);
    given(gap, closed)
      .when({ type: 'NoticeGapClosed', ...told, from: 5, to: 6 })
      .recordsNothing();
  });
  it('is a fork, and then nothing more of it', () => {
    given()
      .when({ type: 'NoticeFork', ...told, position: 4, known: 'a', told: 'b' })
      .records(fork);
    given(fork)
      .when({ type: 'NoticeFork', ...told, position: 4, known: 'a', told: 'c' })
      .recordsNothing();
  });
  it('is a record that does not follow the one before it', () =>
    given()
      .when({ type: 'NoticeBrokenChain', ...told, position: 9, stream: 'case-1', version: 3 })
      .records(broken));
  it('can all be read back', () => {
    const fold = (...events: OriginEvent[]) =>
      events.reduce<OriginHistory | undefined>(
        (history, { type, ...data }, version) => originHistory(history, { type, data, version, at: told.at, by: told.by } as Past),
        undefined,
      );
    expect(fold(gap, fork, closed)).toMatchObject({
      origin: 'case-tracking',
      gaps: [{ from: 5, to: 6, closedAt: told.at }],
      fork: { position: 4 },
    });
    expect(fold(broken)).toMatchObject({ broken: { position: 9, stream: 'case-1' } });
    expect(() => fold({ type: 'Unheard' } as never)).toThrow('unknown to an origin');
  });
});
