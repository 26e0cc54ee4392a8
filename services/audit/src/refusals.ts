/** What an auditor may ask too early. */
export const refusals = {
  'position-not-reached': {
    status: 404,
    title: { en: 'This position has not been reached, or is not of your matters.', 'zh-CN': '该位置尚未到达，或不属于您可查阅的事项。' },
    advice: { en: 'GET /v1/audit/logs shows how far each log has come.', 'zh-CN': '可通过 GET /v1/audit/logs 查看各日志的当前位置。' },
  },
} as const;
