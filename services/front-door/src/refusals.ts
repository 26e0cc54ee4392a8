type Worded = { readonly en: string; readonly 'zh-CN': string };
type Refusals = Readonly<Record<string, { readonly status: number; readonly title: Worded; readonly advice: Worded }>>;

/** What the door itself says no to. Everything else is said by the service behind it. */
export const refusals = {
  'not-found': {
    status: 404,
    title: { en: 'There is no such address', 'zh-CN': '没有此地址' },
    advice: { en: 'The addresses stand in /openapi.json; /docs shows them.', 'zh-CN': '可用地址见 /openapi.json 或 /docs。' },
  },
  'method-not-allowed': {
    status: 405,
    title: { en: 'This address does not know that method', 'zh-CN': '该地址不支持此方法' },
    advice: { en: 'Use a method that the Allow header names.', 'zh-CN': '请使用 Allow 响应头中列出的方法。' },
  },
  'url-malformed': {
    status: 400,
    title: { en: 'The address is malformed', 'zh-CN': '请求地址格式错误' },
    advice: { en: 'Encode the parts of the path with percent signs.', 'zh-CN': '请对路径进行百分号编码。' },
  },
  'request-malformed': {
    status: 400,
    title: { en: 'The request cannot be understood', 'zh-CN': '无法识别该请求' },
    advice: { en: 'Check the request line and the headers.', 'zh-CN': '请检查请求行和请求头。' },
  },
  'request-too-slow': {
    status: 408,
    title: { en: 'The request took too long to arrive', 'zh-CN': '请求发送超时' },
    advice: { en: 'Send it again, with the same Idempotency-Key.', 'zh-CN': '请使用相同的 Idempotency-Key 重新发送。' },
  },
  'body-too-large': {
    status: 413,
    title: { en: 'The body is too large', 'zh-CN': '请求内容过大' },
    advice: {
      en: 'A JSON body holds up to 256 kB; files go to the evidence of a complaint as a form.',
      'zh-CN': 'JSON 内容上限为 256 kB；文件请以表单形式作为投诉证据上传。',
    },
  },
  'headers-too-large': {
    status: 431,
    title: { en: 'The headers are too large', 'zh-CN': '请求头过大' },
    advice: { en: 'Send fewer or shorter headers.', 'zh-CN': '请减少或缩短请求头。' },
  },
  'service-unavailable': {
    status: 503,
    title: { en: 'The service behind this address is not running', 'zh-CN': '该地址对应的服务暂不可用' },
    advice: {
      en: 'Wait as long as Retry-After says and send it again, with the same Idempotency-Key.',
      'zh-CN': '请按 Retry-After 等待后，使用相同的 Idempotency-Key 重新发送。',
    },
  },
  'service-too-slow': {
    status: 504,
    title: { en: 'The service behind this address did not answer in time', 'zh-CN': '该地址对应的服务未及时答复' },
    advice: {
      en: 'It may have done what you asked. Send it again with the same Idempotency-Key to hear the answer.',
      'zh-CN': '操作可能已经完成。请使用相同的 Idempotency-Key 重新发送以获取结果。',
    },
  },
  'service-answer-broken': {
    status: 502,
    title: { en: 'The service behind this address broke off its answer', 'zh-CN': '该地址对应的服务答复中断' },
    advice: {
      en: 'It may have done what you asked. Send it again with the same Idempotency-Key to hear the answer.',
      'zh-CN': '操作可能已经完成。请使用相同的 Idempotency-Key 重新发送以获取结果。',
    },
  },
  'front-door-failed': {
    status: 500,
    title: { en: 'The front door itself failed', 'zh-CN': '前端入口发生故障' },
    advice: {
      en: 'Nothing reached a service. Send it again; if it stays, report the `instance`.',
      'zh-CN': '请求未到达任何服务。请重试；如仍失败，请报告 instance。',
    },
  },
} as const satisfies Refusals;

export type DoorCode = keyof typeof refusals;
export type Language = keyof Worded;
