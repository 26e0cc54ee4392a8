import type { Refusals } from '@recourse/edge';

/** Every "no" about the routes of an account. */
export const contactRefusals = {
  'route-is-not-registered': {
    status: 409,
    title: { en: 'No such route is registered for this account', 'zh-CN': '该账户没有登记此联系方式' },
    advice: {
      en: 'The platform registers routes at /v1/accounts/{id}/contact; nothing is sent anywhere else.',
      'zh-CN': '信息只发送到平台登记的联系方式，请先由平台登记。',
    },
  },
  'address-does-not-fit-its-kind': {
    status: 422,
    title: { en: 'The address is not of this kind', 'zh-CN': '地址格式与类型不符' },
    advice: {
      en: 'An e-mail address for email, a number beginning with + for sms, the token of the app for push.',
      'zh-CN': 'email 请填写邮箱地址，sms 请填写以 + 开头的号码，push 请填写应用令牌。',
    },
  },
  'code-does-not-prove-a-route': {
    status: 422,
    title: { en: 'A code sent to a route does not prove whose it is', 'zh-CN': '发送到该联系方式的验证码不能证明其归属' },
    advice: { en: 'Name another kind of proof of ownership.', 'zh-CN': '请使用其他身份证明方式。' },
  },
} as const satisfies Refusals;

export type ContactRefusal = keyof typeof contactRefusals;
