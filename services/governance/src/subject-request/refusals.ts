import type { Refusals } from '@recourse/edge';

/** Every "no" about what a subject asks for. */
export const subjectRequestRefusals = {
  'subject-request-is-answered': {
    title: { en: 'This request has been answered', 'zh-CN': '该请求已答复' },
    advice: { en: 'Receive a new one if the subject asks again.', 'zh-CN': '如主体再次提出，请登记新请求。' },
  },
  'subject-request-is-extended': {
    title: { en: 'More time has been taken once already', 'zh-CN': '期限已延长过一次' },
    advice: { en: 'Answer it by the date shown.', 'zh-CN': '请在所示期限前答复。' },
  },
  'no-extension-in-law': {
    title: { en: 'This law knows no extension', 'zh-CN': '该法规不允许延期' },
    advice: { en: 'Answer it in time. Source: {source}.', 'zh-CN': '请按期答复。依据：{source}。' },
  },
  'subject-request-is-overdue': {
    title: { en: 'It was due before', 'zh-CN': '该请求已逾期' },
    advice: { en: 'Answer it now; it was due {due}.', 'zh-CN': '请立即答复，应于 {due} 前完成。' },
  },
  'not-an-erasure': {
    status: 422,
    title: { en: 'The subject did not ask for erasure', 'zh-CN': '该请求并非删除请求' },
    advice: { en: 'Receive a request of the kind erasure.', 'zh-CN': '请登记删除类请求。' },
  },
  'answer-does-not-fit': {
    status: 422,
    title: { en: 'This is no answer to what was asked', 'zh-CN': '答复方式与请求不符' },
    advice: { en: 'Look at the kind of the request and choose again.', 'zh-CN': '请核对请求类型后重新选择。' },
  },
  'erasure-is-not-ordered': {
    title: { en: 'No erasure has been ordered', 'zh-CN': '尚未下达删除指令' },
    advice: { en: 'Order it first, or say that nothing is held.', 'zh-CN': '请先下达指令，或答复未持有信息。' },
  },
  'erasure-is-not-done': {
    title: { en: 'An order is not carried out yet', 'zh-CN': '指令尚未执行完毕' },
    advice: {
      en: 'Let a colleague agree to it and wait until every service has acknowledged. Order: {order}.',
      'zh-CN': '请由同事复核并等待各服务确认。指令：{order}。',
    },
  },
} as const satisfies Refusals;

export type SubjectRequestRefusal = keyof typeof subjectRequestRefusals;
