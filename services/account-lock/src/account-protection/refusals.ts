import type { Refusals } from '@recourse/edge';
import { stepUpRefusals } from '../step-up/refusals.js';

/** Every "no" about an account's protection, and what to do about it. */
export const protectionRefusals = {
  'code-is-not-demanded': {
    status: 409,
    title: { en: 'No code is asked for here', 'zh-CN': '此处无需验证码' },
    advice: {
      en: 'It was answered already, or the account was given back to its owner since. Ask /permissions how the account stands.',
      'zh-CN': '该要求已完成，或账户已归还本人。请通过 /permissions 查询账户当前状态。',
    },
  },
  'rule-is-unknown': {
    status: 422,
    title: { en: 'This platform has no such lock rule', 'zh-CN': '该平台没有此锁定规则' },
    advice: { en: 'Name a rule of the platform settings (lockRules).', 'zh-CN': '请填写平台设置中的规则编号。' },
  },
  'seen-in-the-future': {
    status: 422,
    title: { en: 'An anomaly cannot have been seen in the future', 'zh-CN': '发现时间不能晚于当前时间' },
    advice: { en: 'Send the time at which the anomaly was seen, in UTC.', 'zh-CN': '请填写实际发现异常的时间（UTC）。' },
  },
  'authority-order-missing': {
    status: 422,
    title: { en: "An authority's lock needs the number of its order", 'zh-CN': '有权机关的止付/冻结须填写文书编号' },
    advice: { en: 'Give the reference of the written order in `order`.', 'zh-CN': '请在 order 中填写文书编号。' },
  },
  'cause-is-not-yours-to-bring': {
    status: 403,
    title: { en: 'You may not lock in the name of this cause', 'zh-CN': '您无权以该原因锁定账户' },
    advice: {
      en: 'A customer locks as customer, a platform as customer or partner-bank; rules come as signals (/v1/signals), the rest is for the desk.',
      'zh-CN': '客户仅可自行锁定；平台可代客户或合作银行锁定；规则触发请提交 /v1/signals，其他由客服办理。',
    },
  },
  'end-is-in-the-past': {
    status: 422,
    title: { en: 'The end lies in the past', 'zh-CN': '结束时间早于当前时间' },
    advice: { en: 'Choose an end that is still to come.', 'zh-CN': '请选择将来的结束时间。' },
  },
  'lock-does-not-stand': {
    status: 409,
    title: { en: 'This lock does not stand (any more)', 'zh-CN': '该锁定不存在或已解除' },
    advice: {
      en: 'Read the protection of the account again; the lock may have lapsed or been lifted.',
      'zh-CN': '请重新查询账户状态，该锁定可能已到期或已解除。',
    },
  },
  'lock-needs-a-proven-owner': {
    status: 409,
    title: { en: 'This lock is lifted only when the owner has proved who he is', 'zh-CN': '该锁定须经户主身份核验后方可解除' },
    advice: {
      en: 'Open an unlock request, record the proofs and have another person decide.',
      'zh-CN': '请提交解锁申请，完成身份核验，并由另一人审批。',
    },
  },
  'limit-does-not-stand': {
    status: 409,
    title: { en: 'This limit does not stand (any more)', 'zh-CN': '该限额不存在或已失效' },
    advice: { en: 'Read the protection of the account again.', 'zh-CN': '请重新查询账户状态。' },
  },
  'limit-is-not-yours-to-lift': {
    status: 409,
    title: { en: 'This limit was set by the complaints desk', 'zh-CN': '该限额由客服设置，您无法自行解除' },
    advice: { en: 'Ask the desk to lift it, or wait until it ends.', 'zh-CN': '请联系客服解除，或等待限额到期。' },
  },
  'account-is-not-locked': {
    status: 409,
    title: { en: 'There is nothing to unlock', 'zh-CN': '账户未被锁定' },
    advice: {
      en: 'No lock stands that this request could lift. Ask for the permission again.',
      'zh-CN': '当前没有可解除的锁定，请重新查询账户状态。',
    },
  },
  'lock-is-not-ours-to-lift': {
    status: 409,
    title: { en: 'An authority ordered this lock; we may not lift it', 'zh-CN': '该限制由有权机关作出，我们无权解除' },
    advice: {
      en: 'Turn to the authority that ordered it. Other locks may be named in `locks`.',
      'zh-CN': '请联系作出决定的有权机关；其他锁定可在 locks 中单独申请解除。',
    },
  },
  'unlock-request-is-open': {
    status: 409,
    title: { en: 'An unlock request is being handled already', 'zh-CN': '已有解锁申请正在处理中' },
    advice: { en: 'Go on with the request named in the answer.', 'zh-CN': '请继续处理已有的申请。' },
  },
  'unlock-request-is-decided': {
    status: 409,
    title: { en: 'This unlock request has been decided', 'zh-CN': '该解锁申请已有结果' },
    advice: { en: 'If the account is still locked, open a new request.', 'zh-CN': '如账户仍被锁定，请重新申请。' },
  },
  'lock-came-after-request': {
    status: 409,
    title: { en: 'The account was locked again after this request', 'zh-CN': '申请后账户再次被锁定，请重新申请' },
    advice: { en: 'Open a new unlock request: the newer lock has to be looked at too.', 'zh-CN': '请重新提交解锁申请。' },
  },
  'step-up-missing': stepUpRefusals['step-up-missing'],
  'proof-is-not-yours-to-check': {
    status: 403,
    title: { en: 'You may not say that you checked this kind of proof', 'zh-CN': '您无权核验此类证明' },
    advice: {
      en: 'A customer brings a passed one-time code; documents are checked by staff.',
      'zh-CN': '客户仅可提交已通过的一次性验证码，证件由工作人员核验。',
    },
  },
  'denial-needs-a-reason': {
    status: 422,
    title: { en: 'A denial has a reason', 'zh-CN': '拒绝解锁须说明理由' },
    advice: { en: 'Name the reason in `why`.', 'zh-CN': '请在 why 中填写理由。' },
  },
  'sms-is-not-enough': {
    status: 409,
    title: { en: 'A one-time code alone does not unlock an account', 'zh-CN': '仅凭短信验证码不能解锁，请补充身份核验' },
    advice: { en: "Record another proof of ownership that the platform's policy names.", 'zh-CN': '请补充平台要求的其他身份证明。' },
  },
  'identity-is-not-confirmed': {
    status: 409,
    title: { en: 'The owner has not proved who he is yet', 'zh-CN': '尚未完成身份核验' },
    advice: { en: 'Record the proofs listed in `needs`; any one of the sets is enough.', 'zh-CN': '请按 needs 中任一组合补充身份证明。' },
  },
  'proof-has-expired': {
    status: 409,
    title: { en: 'The proof has expired', 'zh-CN': '身份材料已过期，请重新提交' },
    advice: { en: 'Record the proof of ownership again.', 'zh-CN': '请重新提交身份材料。' },
  },
  'no-proof-was-recorded': {
    status: 409,
    title: { en: 'Nobody has looked at a proof yet', 'zh-CN': '尚未核验任何身份材料' },
    advice: {
      en: 'A denial needs a second person: record what was checked (also a rejected proof) first.',
      'zh-CN': '拒绝解锁须经复核，请先记录材料核验结果。',
    },
  },
  'decider-collected-the-proof': {
    status: 409,
    title: { en: 'Whoever collected the proof does not decide', 'zh-CN': '审批人不能是材料核验人' },
    advice: { en: 'Let a colleague who took no part in checking the proof decide.', 'zh-CN': '请由未参与材料核验的同事审批。' },
  },
  'second-person-is-the-first': {
    status: 403,
    title: { en: 'Whoever asked for it does not decide', 'zh-CN': '复核人与经办人不能为同一人' },
    advice: { en: 'Let a colleague decide.', 'zh-CN': '请由另一位同事审批。' },
  },
} as const satisfies Refusals;

export type ProtectionRefusal = keyof typeof protectionRefusals;
