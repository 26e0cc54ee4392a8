import { Module } from '@nestjs/common';
import type { Decider } from '@recourse/decider';
import { part } from '@recourse/event-store';
import type { Announce } from '@recourse/relay';
import { House, type Hearing, type Told } from '../index.js';

/** A service that copies letters and chokes on some: operators need something that really waits. */
type Copy = Told & { readonly type: 'Copy'; readonly text: string };
type Copied = { readonly type: 'Copied'; readonly text: string };
const copying: Decider<Copy, Copied, null> = { initial: null, evolve: () => null, decide: ({ text }) => [{ type: 'Copied', text }] };

export const lettersTopic = 'recourse.complaint.v1';

/** Which texts cannot be copied at the moment. */
export const choking = new Set<string>();

const copies: Hearing = {
  consumer: 'letters',
  topics: [lettersTopic],
  react: ({ key, data }) => {
    const text = String(data['text']);
    if (choking.has(text)) throw new RangeError('the secret of 13800138000');
    const stream = `copy-${key}`;
    return [{ stream, corr: key, parts: ({ by, at }) => [part(copying, stream, { type: 'Copy', text, by, at })] }];
  },
};

/** `heavy` is more than any carrier takes. */
const announceLetter: Announce = ({ stream, type, data }) =>
  type === 'LetterWritten'
    ? [{ topic: 'recourse.case.v1', key: stream, type, data: { text: data['heavy'] ? 'x'.repeat(5 * 1024 * 1024) : data['text'] } }]
    : [];

const history = { initial: null, evolve: () => null };

@Module({
  imports: [
    House.of({
      service: 'case-tracking',
      histories: { letter: history, copy: history },
      announce: { letter: announceLetter },
      hears: [copies],
      refusals: {},
    }),
  ],
})
export class LettersModule {}
