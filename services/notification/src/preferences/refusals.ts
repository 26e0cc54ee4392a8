export const refusals = {
  'security-notice-cannot-be-turned-off': {
    status: 422,
    title: { en: 'Security notices cannot be turned off.', 'zh-CN': '账户安全通知不能关闭。' },
    advice: {
      en: 'Leave security on. Receipts, progress and guidance may be turned off.',
      'zh-CN': '请保留“账户安全”通知；回执、进度和安全提示可以关闭。',
    },
  },
} as const;

export type PreferencesRefusal = keyof typeof refusals;
