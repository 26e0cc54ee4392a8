import type { Refusals } from '@recourse/edge';

/** Every "no" about a piece of evidence. */
export const evidenceRefusals = {
  'evidence-type-does-not-match': {
    status: 422,
    title: { en: 'The bytes are not what they are said to be', 'zh-CN': '文件内容与所选类型不符' },
    advice: {
      en: 'Said: {declared}, as {kind}; found: {found}. Send the file as it is, with its true type, under a kind that may be such a file.',
      'zh-CN': '所选类型为 {declared}（{kind}），实际为 {found}。请上传原始文件，并选择与其相符的类型。',
    },
  },
  'archive-is-not-safe': {
    status: 422,
    title: { en: 'This file is packed in a way that could harm who opens it', 'zh-CN': '文件的压缩方式可能损害打开者的设备' },
    advice: {
      en: 'Why: {why}. Save the document again with an ordinary program and send that; send files that are packed within it one by one.',
      'zh-CN': '原因：{why}。请用常用软件重新保存文档后上传；其中嵌套的压缩文件请逐个上传。',
    },
  },
  'picture-is-too-large': {
    status: 422,
    title: { en: 'This picture has more pixels than anybody can open', 'zh-CN': '图片像素过大，无法打开' },
    advice: {
      en: '{width} by {height}; at most {most} pixels in all. Send a smaller version of it.',
      'zh-CN': '尺寸为 {width} × {height}，像素总数不得超过 {most}。请缩小后重新上传。',
    },
  },
  'uploads-used-up-today': {
    status: 429,
    title: {
      en: 'No more evidence of this platform fits in today: {bytes} bytes a day',
      'zh-CN': '该平台今日上传量已达上限：每日 {bytes} 字节',
    },
    advice: {
      en: 'Send it again tomorrow (the day is that of UTC), or ask the operator of this service for more.',
      'zh-CN': '请于次日（UTC）重新上传，或联系本服务的运营方提高上限。',
    },
  },
  'evidence-is-quarantined': {
    status: 409,
    title: { en: 'This evidence was set aside and is shown to nobody', 'zh-CN': '该材料已被隔离，不予展示' },
    advice: { en: 'Upload a clean copy, or ask a supervisor why.', 'zh-CN': '请重新上传无问题的文件，或联系主管了解原因。' },
  },
  'evidence-awaits-scan': {
    status: 409,
    title: { en: 'A scanner has not looked at this evidence yet', 'zh-CN': '该材料尚未完成安全扫描' },
    advice: {
      en: 'Ask again in a few seconds; until then nobody sees it.',
      'zh-CN': '请几秒后重试，扫描完成前任何人均无法查看。',
    },
  },
  'evidence-is-redacted': {
    status: 409,
    title: { en: 'A redacted version stands for this evidence', 'zh-CN': '该材料已由遮盖版本替代' },
    advice: { en: 'Use the version named in `redacted.to`.', 'zh-CN': '请使用 redacted.to 所示的版本。' },
  },
  'evidence-is-erased': {
    status: 410,
    title: { en: 'This evidence was erased: nobody can read it any more', 'zh-CN': '该材料已被销毁，无法再读取' },
    advice: { en: 'Its hash and its history remain.', 'zh-CN': '其校验值和处理记录仍予保留。' },
  },
  'evidence-cannot-be-stored': {
    status: 503,
    title: { en: 'Evidence cannot be stored now', 'zh-CN': '暂时无法保存材料' },
    advice: {
      en: 'Send it again in a while, with the same Idempotency-Key. Nothing was recorded.',
      'zh-CN': '请稍后使用相同的 Idempotency-Key 重新上传，本次未作任何记录。',
    },
  },
  'uploads-busy': {
    status: 503,
    title: { en: 'Too many files are on their way at once', 'zh-CN': '同时传输的文件过多' },
    advice: { en: 'Send it again in a few seconds, with the same Idempotency-Key.', 'zh-CN': '请几秒后使用相同的 Idempotency-Key 重试。' },
  },
} as const satisfies Refusals;

export type EvidenceRefusal = keyof typeof evidenceRefusals;
