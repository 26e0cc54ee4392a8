import { decisions, type Decider } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import { evolve, initial, type Gap, type Origin, type OriginDecision, type OriginEvent } from './origin.js';

type Noticed = { readonly by: By; readonly at: Instant; readonly origin: string };

export type NoticeGap = Noticed & Gap & { readonly type: 'NoticeGap' };
export type NoticeGapClosed = Noticed & Gap & { readonly type: 'NoticeGapClosed' };
export type NoticeFork = Noticed & {
  readonly type: 'NoticeFork';
  readonly position: number;
  readonly known: string;
  readonly told: string;
};
export type NoticeBrokenChain = Noticed & {
  readonly type: 'NoticeBrokenChain';
  readonly position: number;
  readonly stream: string;
  readonly version: number;
};
export type OriginCommand = NoticeGap | NoticeGapClosed | NoticeFork | NoticeBrokenChain;

const knows = ({ gaps }: Origin, { from, to }: Gap): boolean => gaps.some((gap) => gap.from === from && gap.to === to);

const noticeGap = ({ origin, from, to }: NoticeGap, state: Origin): OriginDecision =>
  knows(state, { from, to }) ? [] : [{ type: 'GapSeen', origin, from, to }];

const noticeGapClosed = ({ origin, from, to }: NoticeGapClosed, state: Origin): OriginDecision =>
  knows(state, { from, to }) ? [{ type: 'GapClosed', origin, from, to }] : [];

/** Seen once, it is said once; the origin stands still from then on. */
const noticeFork = ({ origin, position, known, told }: NoticeFork, { stopped }: Origin): OriginDecision =>
  stopped ? [] : [{ type: 'ForkSeen', origin, position, known, told }];

const noticeBrokenChain = ({ origin, position, stream, version }: NoticeBrokenChain, { stopped }: Origin): OriginDecision =>
  stopped ? [] : [{ type: 'ChainBroken', origin, position, stream, version }];

/** What audit itself records: only what it noticed. */
export const origin: Decider<OriginCommand, OriginEvent, Origin, never> = {
  initial,
  evolve,
  decide: decisions({
    NoticeGap: noticeGap,
    NoticeGapClosed: noticeGapClosed,
    NoticeFork: noticeFork,
    NoticeBrokenChain: noticeBrokenChain,
  }),
};
