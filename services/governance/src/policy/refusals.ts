import type { Refusals } from '@recourse/edge';

/** Every "no" about what a platform publishes. */
export const policyRefusals = {
  'policy-is-never-in-the-past': {
    status: 422,
    title: { en: 'A policy holds from now on or later', 'zh-CN': '规则只能自现在起或以后生效' },
    advice: {
      en: 'Give a later `effectiveFrom`, or leave it out: what held before is part of the history.',
      'zh-CN': '请填写更晚的 effectiveFrom 或不填；此前的规则属于历史，不可更改。',
    },
  },
  'policy-would-overtake': {
    title: { en: 'Version {version} holds only from {from}', 'zh-CN': '第 {version} 版自 {from} 才生效' },
    advice: {
      en: 'A later version never becomes effective before an earlier one. Give an instant not before that.',
      'zh-CN': '后发布的版本不得早于先前版本生效，请填写不早于该时间的时间。',
    },
  },
  'policy-is-too-long': {
    status: 422,
    title: { en: 'This policy has {bytes} bytes; at most {most} are taken', 'zh-CN': '该规则有 {bytes} 字节，最多 {most} 字节' },
    advice: {
      en: 'Say it in fewer words; long texts belong to where their address leads.',
      'zh-CN': '请精简内容；长文本请放在链接所指的页面。',
    },
  },
  'codes-live-too-long': {
    status: 422,
    title: { en: 'A one-time code is good for ten minutes at most', 'zh-CN': '一次性验证码的有效期不得超过十分钟' },
    advice: { en: 'Give PT10M or less.', 'zh-CN': '请填写 PT10M 或更短。' },
  },
  'policy-says-it-twice': {
    status: 422,
    title: { en: 'Something is named twice', 'zh-CN': '存在重复的名称' },
    advice: { en: 'Give each rule and each version of the terms once.', 'zh-CN': '每条规则、每版条款只能出现一次。' },
  },
} as const satisfies Refusals;

export type PolicyRefusal = keyof typeof policyRefusals;
