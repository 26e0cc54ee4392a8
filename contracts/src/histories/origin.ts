import type { Past } from './past.js';

/** What the notary noticed about one log. */
export type OriginHistory = {
  readonly origin: string;
  readonly gaps: readonly { readonly from: number; readonly to: number; readonly seenAt: string; readonly closedAt?: string }[];
  /** Two records were told for one position: from here on nothing of this log is believed. */
  readonly fork?: { readonly position: number; readonly known: string; readonly told: string; readonly at: string };
  readonly broken?: { readonly position: number; readonly stream: string; readonly version: number; readonly at: string };
};

export const originHistory = (history: OriginHistory | undefined, { type, at, data }: Past): OriginHistory => {
  const { origin, from, to, position, known, told, stream, version } = data as never as {
    [name in 'origin' | 'known' | 'told' | 'stream']: string;
  } & { [name in 'from' | 'to' | 'position' | 'version']: number };
  const before = history ?? { origin, gaps: [] };
  switch (type) {
    case 'GapSeen':
      return { ...before, gaps: [...before.gaps, { from, to, seenAt: at }] };
    case 'GapClosed':
      return { ...before, gaps: before.gaps.map((gap) => (gap.from === from && gap.to === to ? { ...gap, closedAt: at } : gap)) };
    case 'ForkSeen':
      return { ...before, fork: { position, known, told, at } };
    case 'ChainBroken':
      return { ...before, broken: { position, stream, version, at } };
    default:
      throw new Error(`unknown to an origin: ${type}`);
  }
};
