/** What an auditor may ask too early. */
export const refusals = {
  'position-not-reached': {
    status: 404,
    title: { en: 'This position has not been reached, or is not of your matters.', 'zh-CN': '该位置尚未到达，或不属于您可查阅的事项。' },
    advice: { en: 'GET /v1/audit/logs shows how far each log has come.', 'zh-CN': '可通过 GET /v1/audit/logs 查看各日志的当前位置。' },
  },
  'days-out-of-range': {
    status: 400,
    title: { en: 'The first day lies after the last one, or a year or more before it.', 'zh-CN': '起始日期晚于结束日期，或相隔一年以上。' },
    advice: { en: 'Ask for 366 days at most, from the earlier to the later.', 'zh-CN': '请按先后顺序指定日期，且最多 366 天。' },
  },
  'subject-export-not-ready': {
    status: 409,
    title: { en: 'There is nothing to fetch for this request.', 'zh-CN': '该请求没有可供获取的内容。' },
    advice: {
      en: 'It is there once a privacy officer has answered a request for access with “given”.',
      'zh-CN': '隐私专员对查阅请求答复“已提供”后即可获取。',
    },
  },
  'subject-export-expired': {
    status: 410,
    title: { en: 'The time in which this could be fetched is over.', 'zh-CN': '获取期限已过。' },
    advice: { en: 'It ended {ended}. Ask anew.', 'zh-CN': '期限已于 {ended} 结束，请重新提出请求。' },
  },
} as const;
