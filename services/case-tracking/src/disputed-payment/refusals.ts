import type { Refusals } from '@recourse/edge';
import { refusals as caseRefusals } from '../complaint-case/refusals.js';

/** Every "no" about the money of a disputed payment. */
export const paymentRefusals = {
  'case-disputes-this-payment-already': {
    status: 409,
    title: { en: 'This case disputes this payment already, with another amount', 'zh-CN': '该投诉已就此笔付款提出争议，金额不同' },
    advice: {
      en: 'Correct the facts of the case; what may flow back depends on what was paid.',
      'zh-CN': '请在投诉中更正金额；可退金额以实付金额为准。',
    },
  },
  'payment-is-not-disputed': {
    status: 409,
    title: { en: 'Nobody disputes this payment', 'zh-CN': '该笔付款尚无争议' },
    advice: { en: 'Dispute the payment for a case first (/v1/payments).', 'zh-CN': '请先为投诉登记争议付款（/v1/payments）。' },
  },
  'case-does-not-dispute-this-payment': {
    status: 409,
    title: { en: 'This case does not dispute this payment', 'zh-CN': '该投诉未就此笔付款提出争议' },
    advice: { en: 'Dispute the payment for this case first (/v1/payments).', 'zh-CN': '请先为该投诉登记争议付款（/v1/payments）。' },
  },
  'payment-was-confirmed-otherwise': {
    status: 409,
    title: { en: 'The payment was confirmed with another amount', 'zh-CN': '该笔付款已按其他金额确认' },
    advice: { en: 'Compare with the books: a confirmation is not overwritten.', 'zh-CN': '请核对账目；已确认的金额不能覆盖。' },
  },
  'payment-not-confirmed': {
    status: 409,
    title: { en: 'The platform has not confirmed this payment', 'zh-CN': '平台尚未确认该笔付款' },
    advice: {
      en: 'Wait for the confirmation (/v1/payments/{id}/confirmation); money is ordered only then.',
      'zh-CN': '请等待平台确认付款后再下达退款指令。',
    },
  },
  'occurred-in-the-future': {
    status: 422,
    title: { en: 'A payment cannot have occurred in the future', 'zh-CN': '发生时间不能晚于当前时间' },
    advice: { en: 'Send the time of the payment, in UTC.', 'zh-CN': '请填写实际付款时间（UTC）。' },
  },
  'currency-differs': {
    status: 409,
    title: { en: 'The currency differs from that of the payment', 'zh-CN': '币种与原付款不一致' },
    advice: { en: 'Amounts of one payment are all in its own currency.', 'zh-CN': '请使用原付款的币种。' },
  },
  'refund-exceeds-payment': {
    status: 409,
    title: { en: 'Refunds together cannot exceed what was paid', 'zh-CN': '退款合计不能超过实付金额' },
    advice: {
      en: 'What was credited, ordered, approved and asked for, by every path and every case, leaves {left} minor units of {currency}.',
      'zh-CN': '该笔付款（含其他途径和其他投诉）尚可退 {left}（{currency} 最小货币单位）。',
    },
  },
  'merchant-review-still-running': {
    status: 409,
    title: { en: "The merchant's time has not run out", 'zh-CN': '商家审核期未届满（截止{due}）' },
    advice: { en: 'The merchant has until {due}.', 'zh-CN': '请等待商家答复，截止时间为 {due}。' },
  },
  'merchant-was-not-asked': {
    status: 409,
    title: { en: 'The merchant was not asked about this refund', 'zh-CN': '尚未请商家审核该退款' },
    advice: { en: 'Only a refund on the path `merchant` waits for one.', 'zh-CN': '仅途径为 merchant 的退款需商家审核。' },
  },
  'refund-is-not-for-the-merchant': {
    status: 409,
    title: { en: 'This refund does not go through the merchant', 'zh-CN': '该退款不经商家处理' },
    advice: { en: 'Decide it at /v1/refunds/{id}/decision.', 'zh-CN': '请在 /v1/refunds/{id}/decision 作出决定。' },
  },
  'refund-is-decided': {
    status: 409,
    title: { en: 'This refund has been decided', 'zh-CN': '该退款已有结果' },
    advice: { en: 'Read the refund; ask for another one if something is left.', 'zh-CN': '请查询退款结果；如仍有余额可另行申请。' },
  },
  'refund-is-not-approved': {
    status: 409,
    title: { en: 'This refund is not approved', 'zh-CN': '该退款尚未获同意' },
    advice: { en: 'Wait for the decision before the credit is ordered.', 'zh-CN': '请等待退款决定后再下达指令。' },
  },
  'approval-exceeds-request': {
    status: 409,
    title: { en: 'More was granted than was asked for', 'zh-CN': '同意金额不能超过申请金额' },
    advice: {
      en: 'Grant all of it or a part; for more, another refund is asked for.',
      'zh-CN': '可同意全部或部分金额；超出部分须另行申请。',
    },
  },
  'second-person-is-the-first': caseRefusals['second-person-is-the-first'],
  'step-up-missing': {
    status: 409,
    title: { en: 'A one-time code must be passed first', 'zh-CN': '请先完成身份验证' },
    advice: {
      en: 'Ask for a code (/v1/step-ups, purpose refund-target, bound to this refund), verify it, and name it in `stepUp`.',
      'zh-CN': '请先为该退款获取并验证一次性验证码（用途 refund-target），再填写 stepUp。',
    },
  },
  'step-up-is-for-something-else': {
    status: 409,
    title: { en: 'This code was passed for something else', 'zh-CN': '该验证码用于其他操作' },
    advice: {
      en: 'A code is good only for the refund it was asked for. Ask for one for this.',
      'zh-CN': '验证码仅限申请时的退款，请重新获取。',
    },
  },
  'credit-is-under-way': {
    status: 409,
    title: { en: 'The money is on its way already', 'zh-CN': '款项已在处理中' },
    advice: { en: 'The target can be changed only if this credit fails.', 'zh-CN': '仅当本次入账失败后方可更改收款目标。' },
  },
  'credit-exceeds-approval': {
    status: 409,
    title: { en: 'More was ordered than was granted', 'zh-CN': '指令金额超过已同意金额' },
    advice: {
      en: 'Of this refund {left} minor units of {currency} are left to order.',
      'zh-CN': '该退款尚可下达 {left}（{currency} 最小货币单位）。',
    },
  },
  'amount-differs-from-order': {
    status: 409,
    title: { en: 'The amount credited differs from the amount ordered', 'zh-CN': '入账金额与指令金额不一致' },
    advice: { en: 'Credit exactly what was ordered, or report the failure.', 'zh-CN': '请按指令金额入账，或报告入账失败。' },
  },
  'credited-in-the-future': {
    status: 422,
    title: { en: 'A credit cannot have happened in the future', 'zh-CN': '入账时间不能晚于当前时间' },
    advice: { en: 'Send the time at which the ledger credited it, in UTC.', 'zh-CN': '请填写账务系统的实际入账时间（UTC）。' },
  },
  'ledger-reference-already-used': {
    status: 409,
    title: { en: 'This ledger reference proves another credit already', 'zh-CN': '该账务流水号已用于其他入账' },
    advice: {
      en: 'One entry of the ledger proves one credit. Send the reference of this one.',
      'zh-CN': '一个流水号只能证明一笔入账，请填写本笔流水号。',
    },
  },
  'credit-is-settled': {
    status: 409,
    title: { en: 'This credit is settled', 'zh-CN': '该笔入账已有结果' },
    advice: { en: 'It is {stage}. Read it again.', 'zh-CN': '当前状态为 {stage}，请重新查询。' },
  },
  'credit-has-not-arrived': {
    status: 409,
    title: { en: 'This credit has not arrived', 'zh-CN': '该笔款项尚未到账' },
    advice: { en: 'Wait until the ledger confirms it.', 'zh-CN': '请等待账务系统确认到账。' },
  },
  'credit-is-final': {
    status: 409,
    title: { en: 'A final credit is not taken back', 'zh-CN': '最终入账不可扣回' },
    advice: { en: 'Only a provisional credit can be reversed, after notice.', 'zh-CN': '仅临时垫付款可在通知后扣回。' },
  },
  'reversal-day-has-passed': {
    status: 422,
    title: { en: 'The day of the reversal has passed', 'zh-CN': '扣回日期已过' },
    advice: { en: 'Announce a day that is still to come.', 'zh-CN': '请填写将来的扣回日期。' },
  },
  'reversal-exceeds-credit': {
    status: 409,
    title: { en: 'More would be taken back than was credited', 'zh-CN': '扣回金额超过入账金额' },
    advice: { en: 'Take back at most what was credited.', 'zh-CN': '扣回金额不能超过入账金额。' },
  },
  'reversal-was-not-announced': {
    status: 409,
    title: { en: 'The reversal was not announced for today', 'zh-CN': '尚未按期通知扣回' },
    advice: { en: 'Announce it first, and wait for the announced day.', 'zh-CN': '请先通知客户，并在通知的日期后执行。' },
  },
} as const satisfies Refusals;

export type PaymentRefusal = keyof typeof paymentRefusals;
