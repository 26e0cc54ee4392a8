import type { Worded } from './refusing.js';

/** What can be wrong with one field, as `errors[].code`, with the words of `errors[].detail`. */
export const fieldCodes = {
  'field-missing': { en: 'This is needed.', 'zh-CN': '此项必填。' },
  'unknown-field': { en: 'This field is not known here.', 'zh-CN': '此处没有该字段。' },
  'not-text': { en: 'Text is expected.', 'zh-CN': '应为文本。' },
  'text-is-blank': { en: 'The text is blank.', 'zh-CN': '文本为空白。' },
  'text-too-short': { en: 'At least {min} characters are needed.', 'zh-CN': '至少需要 {min} 个字符。' },
  'text-too-long': { en: 'At most {max} characters are taken.', 'zh-CN': '最多 {max} 个字符。' },
  'text-not-storable': { en: 'The text contains NUL or half a surrogate pair.', 'zh-CN': '文本含有 NUL 或不成对的代理字符。' },
  'name-not-storable': {
    en: 'The name of a member contains NUL or half a surrogate pair.',
    'zh-CN': '字段名含有 NUL 或不成对的代理字符。',
  },
  'name-too-long': { en: 'The name of a member has at most {max} characters.', 'zh-CN': '字段名最多 {max} 个字符。' },
  'object-too-large': { en: 'An object has at most {most} members.', 'zh-CN': '一个对象最多 {most} 个字段。' },
  'code-unknown': { en: 'One of these is expected: {known}.', 'zh-CN': '应为以下之一：{known}。' },
  'platform-id-malformed': {
    en: 'An id has 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -',
    'zh-CN': '编号为 1 至 64 个字符：A-Z a-z 0-9 . _ ~ -',
  },
  'id-looks-personal': {
    en: 'This looks like a telephone, card or identity-card number or an e-mail address. Map it to an opaque id of yours.',
    'zh-CN': '这看起来像电话号码、卡号、身份证号或电子邮箱。请映射为贵方的匿名编号。',
  },
  'id-malformed': { en: 'This is not an id (a UUID is expected).', 'zh-CN': '不是有效的编号（应为 UUID）。' },
  'reference-malformed': {
    en: 'This is not a reference: a symbol is wrong or two are swapped.',
    'zh-CN': '不是有效的投诉编号：有字符错误或颠倒。',
  },
  'instant-malformed': { en: 'A time like 2026-11-18T02:14:00+08:00 is expected.', 'zh-CN': '应为如 2026-11-18T02:14:00+08:00 的时间。' },
  'day-malformed': { en: 'A day like 2026-11-18 is expected.', 'zh-CN': '应为如 2026-11-18 的日期。' },
  'position-malformed': { en: 'A position like case-tracking:812 is expected.', 'zh-CN': '应为如 case-tracking:812 的位置。' },
  'hash-malformed': { en: 'A SHA-256 in base64url (43 characters) is expected.', 'zh-CN': '应为 base64url 编码的 SHA-256（43 个字符）。' },
  'code-malformed': { en: 'Six digits are expected.', 'zh-CN': '应为六位数字。' },
  'basis-malformed': {
    en: 'A short code is expected: up to 48 small letters, digits, dots and dashes, such as fca-disp-1.9.1r.',
    'zh-CN': '应为简短代码：最多 48 个小写字母、数字、点和连字符，例如 fca-disp-1.9.1r。',
  },
  'because-malformed': {
    en: 'The number of a request or file is expected: up to 64 letters, digits, dots, slashes, dashes.',
    'zh-CN': '应为请求或案卷编号：最多 64 个字母、数字或 . / _ -。',
  },
  'period-malformed': {
    en: 'Years, months and days are expected, such as P5Y, P12M or P90D.',
    'zh-CN': '应为年、月、日表示的期限，例如 P5Y、P12M 或 P90D。',
  },
  'order-malformed': {
    en: 'The number of an order is expected: up to 64 letters, digits, dots, slashes, brackets, dashes.',
    'zh-CN': '应为文书编号：最多 64 个字母、数字或 . / ( ) 〔 〕 [ ] _ -。',
  },
  'tenant-malformed': {
    en: 'Lower-case letters, digits and dashes are expected, beginning with a letter, 3 to 32 of them.',
    'zh-CN': '应为 3 至 32 个小写字母、数字或连字符，以字母开头。',
  },
  'duration-malformed': {
    en: 'A duration of days, hours, minutes and seconds is expected, like PT30M or P14D.',
    'zh-CN': '应为天、时、分、秒构成的时长，如 PT30M 或 P14D。',
  },
  'not-a-number': { en: 'A number is expected.', 'zh-CN': '应为数字。' },
  'not-a-whole-number': { en: 'A whole number is expected.', 'zh-CN': '应为整数。' },
  'number-out-of-range': { en: 'A number from {from} to {to} is expected.', 'zh-CN': '应为 {from} 到 {to} 之间的数字。' },
  'number-too-small': { en: 'The number is too small.', 'zh-CN': '数字过小。' },
  'number-too-large': { en: 'The number is too large.', 'zh-CN': '数字过大。' },
  'not-true-or-false': { en: 'true or false is expected.', 'zh-CN': '应为 true 或 false。' },
  'currency-unknown': { en: 'A currency of ISO 4217 is expected, like CNY.', 'zh-CN': '应为 ISO 4217 货币代码，如 CNY。' },
  'amount-not-in-minor-units': {
    en: 'Whole minor units are expected: 12550 for 125.50.',
    'zh-CN': '金额应为最小货币单位的整数：125.50 元写作 12550。',
  },
  'amount-negative': { en: 'The amount is negative.', 'zh-CN': '金额不能为负。' },
  'amount-not-positive': { en: 'The amount must be more than zero.', 'zh-CN': '金额必须大于零。' },
  'not-an-object': { en: 'An object is expected.', 'zh-CN': '应为对象。' },
  'not-a-list': { en: 'A list is expected.', 'zh-CN': '应为列表。' },
  'list-too-short': { en: 'At least {least} are needed.', 'zh-CN': '至少需要 {least} 项。' },
  'list-too-long': { en: 'At most {most} are taken.', 'zh-CN': '最多 {most} 项。' },
  'list-has-duplicates': { en: 'Something stands twice in the list.', 'zh-CN': '列表中有重复项。' },
  'e-mail-malformed': { en: 'An e-mail address is expected.', 'zh-CN': '应为电子邮箱地址。' },
  'address-malformed': { en: 'An address (URL) is expected.', 'zh-CN': '应为网址。' },
  malformed: { en: 'The value does not have the form that is expected.', 'zh-CN': '格式不正确。' },
  'given-twice': { en: 'This was given more than once.', 'zh-CN': '重复提供。' },
} as const satisfies Readonly<Record<string, Worded>>;
