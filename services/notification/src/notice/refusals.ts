/** Every "no" about a notice that a caller can put right. */
export const refusals = {
  'notice-is-sent-by-us': {
    status: 409,
    title: { en: 'We send this notice ourselves.', 'zh-CN': '该通知由我方直接发送。' },
    advice: {
      en: 'Only notices handed over to the platform (channel platform or post) are reported as sent. For this one report delivered or bounced.',
      'zh-CN': '只有交由平台发送的通知（渠道为 platform 或 post）才需回报“已发送”；本通知只能回报“已送达”或“退回”。',
    },
  },
  'notice-was-not-sent': {
    status: 409,
    title: { en: 'This notice has not been sent yet.', 'zh-CN': '该通知尚未发送。' },
    advice: { en: 'Report it as sent first, with the time it left.', 'zh-CN': '请先回报“已发送”及其发送时间。' },
  },
  'notice-already-sent': {
    status: 409,
    title: { en: 'This notice is already recorded as sent at another time.', 'zh-CN': '该通知已登记为在另一时间发送。' },
    advice: { en: 'The first report stands. Nothing needs to be done.', 'zh-CN': '以首次回报为准，无需其他操作。' },
  },
  'notice-was-given-up': {
    status: 409,
    title: { en: 'This notice was given up.', 'zh-CN': '该通知已停止发送。' },
    advice: {
      en: 'It cannot be reported on any more. Look at why it was given up and tell the customer another way.',
      'zh-CN': '不能再回报其状态。请查看停止原因，并以其他方式告知客户。',
    },
  },
  'notice-left-in-the-future': {
    status: 422,
    title: { en: 'The time reported is later than now.', 'zh-CN': '回报的时间不能晚于当前时间。' },
    advice: { en: 'Give the instant it really happened, in UTC.', 'zh-CN': '请填写实际发生的时间（UTC）。' },
  },
  'notice-left-before-it-was-issued': {
    status: 422,
    title: { en: 'The time reported is earlier than what the notice is about.', 'zh-CN': '回报的时间早于该通知所述事项发生的时间。' },
    advice: { en: 'Give the instant it really happened, in UTC.', 'zh-CN': '请填写实际发生的时间（UTC）。' },
  },
} as const;

export type NoticeRefusal = keyof typeof refusals;
