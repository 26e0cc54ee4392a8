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
  'table-is-outdated': {
    title: { en: 'Another version was published meanwhile', 'zh-CN': '期间已发布其他版本' },
    advice: { en: 'Read the table again and ask for version {next}.', 'zh-CN': '请重新查询后提交版本 {next}。' },
  },
  'version-is-pending': {
    title: { en: 'A version waits for its second person', 'zh-CN': '已有版本待复核' },
    advice: { en: 'Let it be decided first.', 'zh-CN': '请先完成复核。' },
  },
  'effective-in-the-past': {
    status: 422,
    title: { en: 'A version does not begin in the past', 'zh-CN': '生效时间不得早于当前' },
    advice: { en: 'Give an instant that is still to come in `effectiveFrom`.', 'zh-CN': '请在 effectiveFrom 中填写将来的时间。' },
  },
  'table-has-no-end': {
    status: 422,
    title: { en: 'Some matters would be kept for no time at all', 'zh-CN': '部分事项缺少保存期限' },
    advice: {
      en: 'Give a row for any jurisdiction and any product that starts when the case is closed.',
      'zh-CN': '请提供一条适用于任何法域和产品、以结案为起算点的规则。',
    },
  },
  'effective-before-the-last': {
    status: 422,
    title: { en: 'A version does not begin before the one before it', 'zh-CN': '生效时间不得早于上一版本' },
    advice: { en: 'The last one begins {last}. Give a later instant.', 'zh-CN': '上一版本生效时间为 {last}，请填写更晚的时间。' },
  },
  'rows-are-wrong': {
    status: 422,
    title: { en: 'The periods cannot be kept', 'zh-CN': '保存期限规则不符合要求' },
    advice: {
      en: 'Give at most {most} rows, each with a duration of years, months and days such as P5Y.',
      'zh-CN': '最多 {most} 条规则，期限请用年、月、日表示，例如 P5Y。',
    },
  },
  'proposal-stands': {
    title: { en: 'Its destruction has been proposed', 'zh-CN': '已提出销毁建议' },
    advice: { en: 'Decide about the orders that name this matter.', 'zh-CN': '请处理与该事项相关的指令。' },
  },
} as const satisfies Refusals;

export type PrivacyRefusal = keyof typeof privacyRefusals;
