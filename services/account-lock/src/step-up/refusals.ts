import type { Refusals } from '@recourse/edge';
import { contactRefusals } from '../account-contact/refusals.js';

/** Every "no" about one-time codes. None of them says whether a code was nearly right. */
export const stepUpRefusals = {
  'route-is-not-registered': contactRefusals['route-is-not-registered'],
  'route-is-distrusted': {
    status: 409,
    title: { en: 'This route is not trusted at present', 'zh-CN': '该联系方式暂不可信' },
    advice: {
      en: 'Use another registered route, or have the owner proved in another way.',
      'zh-CN': '请使用其他已登记的联系方式，或通过其他方式核验身份。',
    },
  },
  'too-many-codes': {
    status: 429,
    title: { en: 'Too many codes or too many wrong ones', 'zh-CN': '验证码请求或错误次数过多' },
    advice: {
      en: 'Wait before asking for another code, or prove ownership in another way.',
      'zh-CN': '请稍后再试，或通过其他方式核验身份。',
    },
  },
  'code-is-wrong': {
    status: 422,
    title: { en: 'The code is wrong', 'zh-CN': '验证码错误' },
    advice: { en: 'Tries left with this code: {triesLeft}.', 'zh-CN': '该验证码还可尝试 {triesLeft} 次。' },
  },
  'code-was-used': {
    status: 409,
    title: { en: 'This code has been used', 'zh-CN': '该验证码已使用' },
    advice: { en: 'A code is good once. Ask for a new one.', 'zh-CN': '验证码仅可使用一次，请重新获取。' },
  },
  'code-is-exhausted': {
    status: 409,
    title: { en: 'This code was wrong too often', 'zh-CN': '该验证码错误次数过多，已失效' },
    advice: { en: 'Ask for a new code.', 'zh-CN': '请重新获取验证码。' },
  },
  'code-has-expired': {
    status: 409,
    title: { en: 'This code has expired', 'zh-CN': '该验证码已过期' },
    advice: { en: 'Ask for a new code.', 'zh-CN': '请重新获取验证码。' },
  },
  'step-up-missing': {
    status: 409,
    title: { en: 'A one-time code must be passed first', 'zh-CN': '请先完成身份验证' },
    advice: {
      en: 'Ask for a code (/v1/step-ups) for this purpose, verify it, and name it in `stepUp`.',
      'zh-CN': '请先获取并验证一次性验证码，再填写 stepUp。',
    },
  },
  'step-up-is-for-something-else': {
    status: 409,
    title: { en: 'This code was passed for something else', 'zh-CN': '该验证码用于其他操作' },
    advice: {
      en: 'A code is good only for the purpose and the thing it was asked for. Ask for one for this.',
      'zh-CN': '验证码仅限申请时的用途，请重新获取。',
    },
  },
} as const satisfies Refusals;

export type StepUpRefusal = keyof typeof stepUpRefusals;
