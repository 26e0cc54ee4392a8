import type { Refusals } from '@recourse/edge';

/** Every "no" about what may be forgotten, and when. */
export const privacyRefusals = {
  'second-person-is-the-first': {
    status: 403,
    title: { en: 'Whoever asked for it does not decide', 'zh-CN': '复核人与经办人不能为同一人' },
    advice: { en: 'Let a colleague decide.', 'zh-CN': '请由另一位同事审批。' },
  },
  'request-has-expired': {
    title: { en: 'This request is too old to be decided', 'zh-CN': '该申请已过期' },
    advice: { en: 'Look at what it is about again and ask anew.', 'zh-CN': '请重新核对并再次申请。' },
  },
  'request-is-decided': {
    title: { en: 'This request has been decided', 'zh-CN': '该申请已有结论' },
    advice: { en: 'Read it again to see what became of it.', 'zh-CN': '请重新查询其状态。' },
  },
  'somebody-else-asked': {
    status: 403,
    title: { en: 'Only whoever asked takes it back', 'zh-CN': '仅申请人可撤回' },
    advice: { en: 'Deny it instead.', 'zh-CN': '可改为不予批准。' },
  },
  'list-has-changed': {
    title: { en: 'The keys are not those you looked at', 'zh-CN': '密钥清单已变化' },
    advice: {
      en: 'Read the order again: name its `list` as it is shown. If one of its keys has been destroyed meanwhile, ask anew.',
      'zh-CN': '请重新查询指令并填写所示的 list；如其中密钥已被销毁，请重新申请。',
    },
  },
  'hold-stands-no-more': {
    title: { en: 'This hold does not stand', 'zh-CN': '该保全未生效或已解除' },
    advice: { en: 'Read the holds again.', 'zh-CN': '请重新查询保全列表。' },
  },
  'release-is-asked-for': {
    title: { en: 'Somebody has asked for this release', 'zh-CN': '该解除申请待复核' },
    advice: { en: 'Let it be decided first.', 'zh-CN': '请先完成复核。' },
  },
  'hold-stands': {
    title: { en: 'A hold stands in the way', 'zh-CN': '存在保全措施' },
    advice: {
      en: 'What is held may be restricted and not destroyed. Hold: {hold}. It is released by two people.',
      'zh-CN': '保全期间只可限制处理，不得销毁。保全编号：{hold}，须两人解除。',
    },
  },
  'keys-are-unknown': {
    status: 422,
    title: { en: 'No such keys', 'zh-CN': '没有对应的密钥' },
    advice: {
      en: 'Name a subject or a matter of this platform with at least one key that is not destroyed.',
      'zh-CN': '请指定本平台名下仍有未销毁密钥的主体或事项。',
    },
  },
  'keys-are-too-many': {
    status: 422,
    title: { en: 'More keys than one order may name', 'zh-CN': '单个指令的密钥数量超限' },
    advice: {
      en: 'An order names at most {most} keys, each of them. Ask by matter.',
      'zh-CN': '单个指令最多包含 {most} 个密钥，请按事项分别提交。',
    },
  },
  'retention-runs': {
    title: { en: 'The retention period has not ended', 'zh-CN': '法定保存期限未届满' },
    advice: {
      en: 'It ends {until} ({basis}). Restrict the keys until then. Matter: {matter}.',
      'zh-CN': '期限至 {until}（{basis}）。在此之前可限制处理。事项：{matter}。',
    },
  },
  'matter-is-open': {
    title: { en: 'The matter has not ended', 'zh-CN': '事项尚未办结' },
    advice: {
      en: 'Its retention begins when its case is closed. Restrict its keys until then. Matter: {matter}.',
      'zh-CN': '办结后方起算保存期限，在此之前可限制处理。事项：{matter}。',
    },
  },
  'matter-is-unknown': {
    title: { en: 'Nothing is known of this matter', 'zh-CN': '未知事项' },
    advice: {
      en: 'If it was never received, order with `why: never-received`; else restrict its keys. Matter: {matter}.',
      'zh-CN': '如从未提交，请以 never-received 为由提交；否则请限制处理。事项：{matter}。',
    },
  },
} as const satisfies Refusals;

export type PrivacyRefusal = keyof typeof privacyRefusals;
