import type { Past } from './past.js';

/** What `/v1/unlock-requests/{id}` and their like ask first: in which stream the thing of this id lives. */
export type SignpostHistory = { readonly kind: string; readonly to: string };

/** A signpost is one event in a stream that must not exist yet: no view has to be asked, and no id leads to two places. */
export const signpost = (id: string, kind: string, to: string) => ({
  stream: `signpost-${id}`,
  event: { type: 'SignpostSet', kind, to },
});

export const signpostHistory = (_history: SignpostHistory | undefined, { type, data }: Past): SignpostHistory => {
  if (type !== 'SignpostSet') throw new Error(`unknown to a signpost: ${type}`);
  return { kind: data['kind'] as string, to: data['to'] as string };
};
