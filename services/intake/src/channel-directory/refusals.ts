import type { Refusals } from '@recourse/edge';

/** Every "no" about a platform's channels. */
export const channelRefusals = {
  'channel-is-listed': {
    status: 409,
    title: { en: 'A channel of that name is listed already', 'zh-CN': '该名称的渠道已存在' },
    advice: { en: 'Change it, or choose another name.', 'zh-CN': '请修改该渠道，或使用其他名称。' },
  },
  'channel-is-not-listed': {
    status: 404,
    title: { en: 'No channel of that name is listed', 'zh-CN': '没有该名称的渠道' },
    advice: { en: 'GET /v1/channels?platform= shows what is listed.', 'zh-CN': '请通过 GET /v1/channels?platform= 查询已登记的渠道。' },
  },
  'channel-is-retired': {
    status: 409,
    title: { en: 'This channel is retired', 'zh-CN': '该渠道已停用' },
    advice: { en: 'List a new one under another name.', 'zh-CN': '请以其他名称登记新的渠道。' },
  },
  'channel-ends-before-it-begins': {
    status: 422,
    title: { en: 'The channel would end before it begins', 'zh-CN': '渠道的截止时间早于开始时间' },
    advice: { en: 'Check `validFrom` and `validTo`.', 'zh-CN': '请核对 validFrom 与 validTo。' },
  },
} as const satisfies Refusals;

export type ChannelRefusal = keyof typeof channelRefusals;
