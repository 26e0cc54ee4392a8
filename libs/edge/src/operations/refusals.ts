import type { Refusals } from '../refusing.js';

/** Every "no" to an operator. */
export const operationsRefusals = {
  'key-does-not-wait': {
    title: { en: 'This key waits no more', 'zh-CN': '该消息键已不再挂起' },
    advice: { en: 'Read the list again: its messages took effect, or were let go.', 'zh-CN': '请重新查询列表：相关消息已处理或已跳过。' },
  },
  'skip-is-asked-for': {
    title: { en: 'Skipping this message has been asked for', 'zh-CN': '该消息已有待复核的跳过申请' },
    advice: { en: 'Let a second person decide on the request named in `facts`.', 'zh-CN': '请由另一位人员复核 facts 中的申请。' },
  },
  'skip-is-decided': {
    title: { en: 'This request has been decided', 'zh-CN': '该申请已有结论' },
    advice: { en: 'Read the key again to see what became of it.', 'zh-CN': '请重新查询该消息键的状态。' },
  },
  'skip-has-expired': {
    title: { en: 'This request is older than four hours', 'zh-CN': '该申请已超过四小时' },
    advice: { en: 'Look at the message again and ask anew.', 'zh-CN': '请重新查看消息并再次申请。' },
  },
  'skip-denial-needs-a-reason': {
    status: 422,
    title: { en: 'A denial needs a reason', 'zh-CN': '不同意须填写原因' },
    advice: { en: 'Give a code of skip-denied-why in `why`.', 'zh-CN': '请在 why 中填写 skip-denied-why 的代码。' },
  },
  'message-waits-no-more': {
    title: { en: 'The message that was asked about is not the first one any more', 'zh-CN': '申请所针对的消息已不在队首' },
    advice: { en: 'Read the key again; ask anew if its first message is to go.', 'zh-CN': '请重新查询；如仍需跳过队首消息，请重新申请。' },
  },
  'records-are-never-skipped': {
    title: { en: 'Records for the notary are never skipped', 'zh-CN': '送公证方的记录不得跳过' },
    advice: {
      en: 'A gap in a log would be seen for ever. Mend the carrier, then try the key again.',
      'zh-CN': '跳过会留下永久缺口。请先修复传输通道，再重试。',
    },
  },
  'rewind-goes-back-only': {
    status: 422,
    title: { en: 'A log is told again from a position that has been told', 'zh-CN': '只能从已发送的位置重新发送' },
    advice: {
      en: 'Give a position not above {told}: going forward would lose messages.',
      'zh-CN': '位置不得大于 {told}；向前移动会丢失消息。',
    },
  },
  'second-person-is-the-first': {
    status: 403,
    title: { en: 'Whoever asked for it does not decide', 'zh-CN': '复核人与经办人不能为同一人' },
    advice: { en: 'Let a colleague decide.', 'zh-CN': '请由另一位同事审批。' },
  },
} as const satisfies Refusals;

export type OperationsRefusal = keyof typeof operationsRefusals;
