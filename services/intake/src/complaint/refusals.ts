import type { Refusals } from '@recourse/edge';

/** Every "no" about a complaint, in the words of the desk. None of them is about something that is merely missing. */
export const complaintRefusals = {
  'channel-not-served': {
    status: 422,
    title: { en: 'This platform takes no complaints through that channel', 'zh-CN': '该平台未开通此投诉渠道' },
    advice: {
      en: 'GET /v1/channels?platform= lists the channels that are open now.',
      'zh-CN': '请通过 GET /v1/channels?platform= 查询当前开通的渠道。',
    },
  },
  'subject-is-another': {
    status: 422,
    title: { en: 'A customer complains for himself', 'zh-CN': '客户只能为本人提交投诉' },
    advice: {
      en: 'Leave out `subject`; whoever acts for another person is named as representative.',
      'zh-CN': '请勿填写他人；代他人投诉的，请登记为代理人。',
    },
  },
  'source-is-another': {
    status: 422,
    title: { en: 'What a customer tells comes from the customer', 'zh-CN': '客户提供的信息来源只能是本人' },
    advice: { en: 'Leave out `source` and `from`.', 'zh-CN': '请勿填写 source 或 from。' },
  },
  'zone-unknown': {
    status: 422,
    title: { en: 'This time zone is not known', 'zh-CN': '无法识别该时区' },
    advice: {
      en: 'Use an IANA name such as Asia/Shanghai, or leave `zone` out.',
      'zh-CN': '请使用 IANA 时区名，如 Asia/Shanghai，或不填写。',
    },
  },
  'verification-is-not-yours': {
    status: 422,
    title: { en: 'This is not a way in which you could have verified the reporter', 'zh-CN': '您无法以该方式核实申报人身份' },
    advice: {
      en: 'A platform sends platform-assertion; staff say how they asked: one-time-code, security-questions, call-back or identity-document.',
      'zh-CN': '平台请使用 platform-assertion；客服请说明核实方式：one-time-code、security-questions、call-back 或 identity-document。',
    },
  },
  'minor-needs-a-guardian': {
    status: 422,
    title: { en: 'A minor complains through a guardian', 'zh-CN': '未成年人须由监护人代为投诉' },
    advice: {
      en: 'Name a representative with capacity guardian, in the same request or before.',
      'zh-CN': '请同时或事先登记监护人为代理人。',
    },
  },
  'representative-not-named': {
    status: 422,
    title: { en: 'Nobody of that id represents this complainant', 'zh-CN': '本投诉未登记该代理人' },
    advice: { en: 'Name the representative first: POST …/parties.', 'zh-CN': '请先通过 …/parties 登记代理人。' },
  },
  'authority-needs-a-reason': {
    status: 422,
    title: { en: 'Say why the authority is rejected', 'zh-CN': '请说明不予认可授权的原因' },
    advice: { en: 'Send one of the codes of `why`.', 'zh-CN': '请在 why 中选择原因。' },
  },
  'evidence-not-of-this-complaint': {
    status: 422,
    title: { en: 'This complaint has no such evidence', 'zh-CN': '本投诉没有该份材料' },
    advice: { en: 'Upload the document to this complaint first and name its id.', 'zh-CN': '请先将文件上传至本投诉，并填写其编号。' },
  },
  'nothing-was-told': {
    status: 422,
    title: { en: 'Nothing has been told yet', 'zh-CN': '尚未填写情况说明' },
    advice: {
      en: 'Say in your own words what happened. Everything else may come later.',
      'zh-CN': '请用自己的话说明发生了什么，其他信息可以稍后补充。',
    },
  },
  'occurred-in-the-future': {
    status: 422,
    title: { en: 'It cannot have happened in the future', 'zh-CN': '发生时间不能晚于当前时间' },
    advice: { en: 'Check day, time and time zone.', 'zh-CN': '请核对日期、时间和时区。' },
  },
  'amount-not-in-minor-units': {
    status: 422,
    title: { en: 'The amount is not a whole number of the smallest unit', 'zh-CN': '金额须以最小货币单位的整数表示' },
    advice: {
      en: 'Send fen, cents or whole yen: CNY 1,280.00 is { "currency": "CNY", "value": 128000 }.',
      'zh-CN': '请以分（或该币种的最小单位）填写：人民币1,280.00元应为 128000。',
    },
  },
  'earlier-check-missing': {
    status: 409,
    title: { en: 'An earlier check comes first: {missing}', 'zh-CN': '请先完成上一步检查（网络→余额→商家接口）：{missing}' },
    advice: {
      en: 'Record the earlier check, even if its result is unknown. The order is network, balance, merchant interface, human.',
      'zh-CN': '请先记录上一步检查的结果，无法判断也请如实记录。',
    },
  },
  'receipt-is-now': {
    status: 422,
    title: { en: 'A complaint you submit is received now', 'zh-CN': '您提交的投诉以当前时间登记' },
    advice: { en: 'Leave `receivedAt` out; only the desk dates a letter.', 'zh-CN': '请勿填写 receivedAt，仅投诉处理人员可登记来函日期。' },
  },
  'received-in-the-future': {
    status: 422,
    title: { en: 'A complaint cannot have arrived in the future', 'zh-CN': '收到时间不能晚于当前时间' },
    advice: { en: 'Give the day on which it reached the desk, or leave `receivedAt` out.', 'zh-CN': '请填写实际收到的时间，或不填写。' },
  },
  'complaint-is-received': {
    status: 409,
    title: { en: 'This complaint is received: it can be withdrawn, not discarded', 'zh-CN': '该投诉已登记，可以撤回，不能删除' },
    advice: {
      en: 'Withdraw it at its case: POST /v1/cases/{id}/withdrawal.',
      'zh-CN': '如需撤回，请使用 POST /v1/cases/{id}/withdrawal。',
    },
  },
  'draft-is-discarded': {
    status: 409,
    title: { en: 'This draft was discarded', 'zh-CN': '该草稿已作废' },
    advice: { en: 'Begin a new one: POST /v1/complaints.', 'zh-CN': '请重新填写：POST /v1/complaints。' },
  },
  'quota-used-up': {
    status: 409,
    title: {
      en: 'No more evidence fits in: {files} files, {bytes} bytes for one complaint',
      'zh-CN': '材料数量或大小已达上限：每件投诉最多 {files} 份、共 {bytes} 字节',
    },
    advice: {
      en: 'Send the most telling ones, or tell the agent what else there is.',
      'zh-CN': '请优先上传最关键的材料，其余可告知客服。',
    },
  },
} as const satisfies Refusals;

export type ComplaintRefusal = keyof typeof complaintRefusals;
