import type { Refusals } from '@recourse/edge';

/** Every "no" about a platform. */
export const tenantRefusals = {
  'tenant-is-created': {
    title: { en: 'A platform of that name has been created', 'zh-CN': '该名称的平台已存在' },
    advice: { en: 'Choose another name; a name is one platform’s for ever.', 'zh-CN': '请使用其他名称；名称永久归属同一平台。' },
  },
  'tenant-name-is-reserved': {
    status: 422,
    title: { en: 'No platform may have this name', 'zh-CN': '平台不能使用该名称' },
    advice: {
      en: 'Lower-case letters, digits and dashes, beginning with a letter, 3 to 32 of them; not house.',
      'zh-CN': '请使用 3 至 32 个小写字母、数字或连字符，以字母开头；不能为 house。',
    },
  },
  'zone-is-unknown': {
    status: 422,
    title: { en: 'This time zone is not known', 'zh-CN': '未知的时区' },
    advice: { en: 'Give a zone of the IANA database, like Asia/Shanghai.', 'zh-CN': '请填写 IANA 时区，例如 Asia/Shanghai。' },
  },
  'tenant-is-closed': {
    title: { en: 'This platform is closed', 'zh-CN': '该平台已关闭' },
    advice: { en: 'What is closed stays closed. Create another one.', 'zh-CN': '已关闭的平台不能恢复，请新建平台。' },
  },
  'closure-is-asked-for': {
    title: { en: 'Closing this platform has been asked for', 'zh-CN': '该平台已有待复核的关闭申请' },
    advice: { en: 'Let a second person decide on the request named in `facts`.', 'zh-CN': '请由另一位人员复核 facts 中的申请。' },
  },
  'closure-is-decided': {
    title: { en: 'This request has been decided', 'zh-CN': '该申请已有结论' },
    advice: { en: 'Read the platform again to see what became of it.', 'zh-CN': '请重新查询该平台的状态。' },
  },
  'closure-has-expired': {
    title: { en: 'This request is older than four hours', 'zh-CN': '该申请已超过四小时' },
    advice: { en: 'Look at the platform again and ask anew.', 'zh-CN': '请重新查看该平台并再次申请。' },
  },
  'somebody-else-asked': {
    status: 403,
    title: { en: 'Somebody else asked for this', 'zh-CN': '该申请由他人提出' },
    advice: { en: 'Only who asked takes it back. You may deny it.', 'zh-CN': '仅申请人可以撤回；您可以不予同意。' },
  },
  'closure-denial-needs-a-reason': {
    status: 422,
    title: { en: 'A denial needs a reason', 'zh-CN': '不同意须填写原因' },
    advice: { en: 'Give a code of tenant-close-denied-why in `why`.', 'zh-CN': '请在 why 中填写 tenant-close-denied-why 的代码。' },
  },
  'tenant-has-changed-since': {
    title: { en: 'The platform has changed since this was asked', 'zh-CN': '申请之后平台已有变更' },
    advice: { en: 'Look at it as it is now and ask anew.', 'zh-CN': '请按当前状态重新查看并再次申请。' },
  },
  'second-person-is-the-first': {
    status: 403,
    title: { en: 'Whoever asked for it does not decide', 'zh-CN': '复核人与经办人不能为同一人' },
    advice: { en: 'Let a colleague decide.', 'zh-CN': '请由另一位同事审批。' },
  },
} as const satisfies Refusals;

export type TenantRefusal = keyof typeof tenantRefusals;
