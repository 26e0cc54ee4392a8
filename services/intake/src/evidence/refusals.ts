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
  'evidence-is-quarantined': {
    status: 409,
    title: { en: 'This evidence was set aside and is shown to nobody', 'zh-CN': '该材料已被隔离，不予展示' },
    advice: { en: 'Upload a clean copy, or ask a supervisor why.', 'zh-CN': '请重新上传无问题的文件，或联系主管了解原因。' },
  },
  'evidence-is-redacted': {
    status: 409,
    title: { en: 'A redacted version stands for this evidence', 'zh-CN': '该材料已由遮盖版本替代' },
    advice: { en: 'Use the version named in `redacted.to`.', 'zh-CN': '请使用 redacted.to 所示的版本。' },
  },
} as const satisfies Refusals;

export type EvidenceRefusal = keyof typeof evidenceRefusals;
