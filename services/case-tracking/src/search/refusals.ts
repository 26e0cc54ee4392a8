import type { Refusals } from '@recourse/edge';

/** Why somebody who searches hears nothing. */
export const searchRefusals = {
  'nothing-to-look-for': {
    status: 400,
    title: { en: 'There is nothing to look for', 'zh-CN': '没有可供查找的内容' },
    advice: {
      en: 'Give a whole telephone number, e-mail address, name or account, or words of at least two characters.',
      'zh-CN': '请提供完整的电话号码、电子邮箱、姓名或账户，或至少两个字的关键词。',
    },
  },
  'too-many-searches': {
    status: 429,
    title: { en: 'You have searched {most} times within this hour', 'zh-CN': '您在本小时内已查找 {most} 次' },
    advice: {
      en: 'Wait for the seconds that Retry-After names. A case whose reference you know is found at GET /v1/cases?reference=.',
      'zh-CN': '请等待 Retry-After 所示的秒数。已知投诉编号的，可通过 GET /v1/cases?reference= 查找。',
    },
  },
} as const satisfies Refusals;
