export const refusals = {
  'endpoint-is-disabled': {
    status: 409,
    title: { en: 'This endpoint is disabled.', 'zh-CN': '该回调地址已停用。' },
    advice: { en: 'Enable it first: it then gets everything it missed.', 'zh-CN': '请先启用；启用后会收到停用期间的全部消息。' },
  },
  'endpoint-address-not-allowed': {
    status: 422,
    title: { en: 'We do not call this address.', 'zh-CN': '不允许回调该地址。' },
    advice: {
      en: 'Give an https address on port 443 or above 1023, without user name, password or fragment, whose host resolves to public addresses only.',
      'zh-CN': '请使用 https 地址（端口 443 或 1024 以上），不含用户名、密码和片段，且域名只解析到公网地址。',
    },
  },
  'replay-starts-beyond-the-feed': {
    status: 422,
    title: { en: 'The feed has not come that far.', 'zh-CN': '消息序号尚未达到该位置。' },
    advice: {
      en: 'Replay after a number that exists: GET /v1/events shows them.',
      'zh-CN': '请从已存在的序号开始重放，可通过 GET /v1/events 查询。',
    },
  },
} as const;

export type EndpointRefusal = keyof typeof refusals;
