import type { Past } from './past.js';

/** One request to let the first message of a key go, and what became of it. */
export type SkipHistory = {
  readonly request: string;
  /** The message it was asked for, and no other. */
  readonly message: string;
  readonly why: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly expiresAt: string;
  /** `overtaken`: the message took effect, or was gone, before it could be skipped. */
  readonly stage: 'asked' | 'approved' | 'denied' | 'skipped' | 'overtaken';
  readonly decision?: { readonly outcome: 'approved' | 'denied'; readonly at: string; readonly by: string; readonly why?: string };
  readonly endedAt?: string;
};

/** What operators did about a key that waits: GET /v1/operations/{service}/parked-keys/{id}. */
export type WaitingKeyHistory = {
  readonly key: string;
  readonly consumer: string;
  readonly topic: string;
  readonly retries: readonly { readonly at: string; readonly by: string }[];
  readonly skips: readonly SkipHistory[];
};

export const waitingKeyHistory = (history: WaitingKeyHistory | undefined, { type, at, by, data }: Past): WaitingKeyHistory => {
  const { key, consumer, topic, request, message, why, expiresAt } = data as Record<string, string> &
    Pick<SkipHistory, 'request' | 'message' | 'why' | 'expiresAt'> &
    Pick<WaitingKeyHistory, 'key' | 'consumer' | 'topic'>;
  const before = history ?? { key, consumer, topic, retries: [], skips: [] };
  const change = (news: Partial<SkipHistory>): WaitingKeyHistory => ({
    ...before,
    skips: before.skips.map((skip) => (skip.request === request ? { ...skip, ...news } : skip)),
  });
  switch (type) {
    case 'ParkedKeyRetried':
      return { ...before, retries: [...before.retries, { at, by: by.actor }] };
    case 'SkipAsked':
      return { ...before, skips: [...before.skips, { request, message, why, askedBy: by.actor, askedAt: at, expiresAt, stage: 'asked' }] };
    case 'SkipApproved':
      return change({ stage: 'approved', decision: { outcome: 'approved', at, by: by.actor } });
    case 'SkipDenied':
      return change({ stage: 'denied', decision: { outcome: 'denied', at, by: by.actor, why }, endedAt: at });
    case 'MessageSkipped':
      return change({ stage: 'skipped', endedAt: at });
    case 'SkipOvertaken':
      return change({ stage: 'overtaken', endedAt: at });
    default:
      throw new Error(`unknown to a key that waits: ${type}`);
  }
};
