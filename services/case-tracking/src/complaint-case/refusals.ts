import type { Refusals } from '@recourse/edge';

/** Every "no" of a case, in the words of the complaints desk. `{name}` stands for a fact of the refusal. */
export const refusals = {
  'case-is-not-open': {
    title: { en: 'This case is not open', 'zh-CN': '该投诉当前不在处理中' },
    advice: { en: 'Reopen the case, or file a new complaint.', 'zh-CN': '请先重新处理该投诉，或提交新的投诉。' },
  },
  'case-is-not-closed': {
    title: { en: 'This case is not closed', 'zh-CN': '该投诉尚未办结' },
    advice: {
      en: 'Only a closed case can be reopened; go on working on this one.',
      'zh-CN': '只有已办结的投诉才能重新处理，请继续处理本投诉。',
    },
  },
  'case-is-not-assessed': {
    title: { en: 'This case has not been assessed', 'zh-CN': '该投诉尚未受理评估' },
    advice: { en: 'Assess the case first.', 'zh-CN': '请先完成受理评估。' },
  },
  'case-is-answered': {
    title: { en: 'This case has been answered', 'zh-CN': '该投诉已答复' },
    advice: {
      en: 'The customer has the final response. Close the case; if something new comes up, reopen it and decide again.',
      'zh-CN': '处理结果已告知投诉人。请先办结；如有新情况，重新处理后再作决定。',
    },
  },
  'case-is-not-protective': {
    title: { en: 'This is not a protective case', 'zh-CN': '该投诉不是保护性案件' },
    advice: {
      en: 'Close a complaint in the way it ended: answered, resolved early, withdrawn or duplicate.',
      'zh-CN': '请按实际结果办结：已答复、协商解决、撤回或重复投诉。',
    },
  },
  'details-missing': {
    status: 422,
    title: { en: 'Details are missing: {missing}', 'zh-CN': '还缺少以下信息，请补充：{missing}' },
    advice: {
      en: 'Ask the customer for them, and add them under /v1/complaints/{id}/details.',
      'zh-CN': '请向投诉人了解，并在投诉中补充后再评估。',
    },
  },
  'case-belongs-to-another': {
    title: { en: 'Somebody else is working on this case', 'zh-CN': '该投诉由其他客服处理' },
    advice: { en: 'Ask them to release it, or a supervisor to assign it to you.', 'zh-CN': '请对方释放该投诉，或请主管改派给您。' },
  },
  'agent-lacks-skill': {
    status: 403,
    title: { en: 'You do not have the skill this case needs: {skill}', 'zh-CN': '您暂无此类投诉的处理权限：{skill}' },
    advice: { en: 'Leave it to a colleague with that skill, or ask your supervisor.', 'zh-CN': '请交由具备该权限的同事处理，或联系主管。' },
  },
  'queue-is-empty': {
    title: { en: 'Nothing waits in this queue', 'zh-CN': '该队列暂无待处理投诉' },
    advice: { en: 'Look into /v1/queues for one in which something waits.', 'zh-CN': '请在 /v1/queues 查看其他队列。' },
  },
  'agent-has-a-conflict': {
    status: 403,
    title: { en: 'This person has a conflict with the case', 'zh-CN': '该客服与本投诉存在利益冲突' },
    advice: { en: 'Somebody else must handle it.', 'zh-CN': '请由其他人员处理。' },
  },
  'badge-number-missing': {
    status: 422,
    title: { en: 'The badge number is missing', 'zh-CN': '请填写客服工号' },
    advice: { en: 'Give the badge number of whoever spoke with the customer.', 'zh-CN': '请填写与投诉人沟通的客服工号。' },
  },
  'badge-belongs-to-another': {
    status: 422,
    title: { en: 'This badge belongs to somebody else', 'zh-CN': '该工号不是您本人的工号' },
    advice: { en: 'Record the contact under your own badge number.', 'zh-CN': '请使用您本人的工号登记。' },
  },
  'due-has-passed': {
    status: 422,
    title: { en: 'This time has passed', 'zh-CN': '该时间已过' },
    advice: { en: 'Give a time in the future.', 'zh-CN': '请填写将来的时间。' },
  },
  'promise-is-unknown': {
    status: 422,
    title: { en: 'No such promise was made in this case', 'zh-CN': '本投诉中没有该项承诺' },
    advice: { en: 'Name a promise of this case, or none.', 'zh-CN': '请填写本投诉中的承诺，或不填。' },
  },
  'information-was-not-asked': {
    title: { en: 'This information was not asked for', 'zh-CN': '未曾要求补充该信息' },
    advice: { en: 'Ask for it first, or attach it as evidence.', 'zh-CN': '请先发出补充材料通知，或作为证据提交。' },
  },
  'evidence-is-unknown': {
    status: 422,
    title: { en: 'This evidence is not part of the case', 'zh-CN': '本投诉中没有该证据' },
    advice: { en: 'Add the evidence to the complaint first.', 'zh-CN': '请先将证据提交到本投诉。' },
  },
  'measure-is-unknown': {
    title: { en: 'No such measure was planned', 'zh-CN': '没有该项处理措施' },
    advice: { en: 'Plan the measure first.', 'zh-CN': '请先登记处理措施。' },
  },
  'measure-was-dropped': {
    title: { en: 'This measure was dropped', 'zh-CN': '该处理措施已取消' },
    advice: { en: 'Plan a new one.', 'zh-CN': '请重新登记处理措施。' },
  },
  'measure-is-not-done': {
    title: { en: 'This measure is not done yet', 'zh-CN': '该处理措施尚未完成' },
    advice: { en: 'Complete it first.', 'zh-CN': '请先完成该措施。' },
  },
  'measure-is-already-done': {
    title: { en: 'This measure is already done', 'zh-CN': '该处理措施已完成' },
    advice: { en: 'What is done cannot be dropped.', 'zh-CN': '已完成的措施不能取消。' },
  },
  'measure-still-open': {
    title: { en: 'A measure is still open: {measures}', 'zh-CN': '仍有处理措施未完成，暂不能办结：{measures}' },
    advice: { en: 'Complete it, or have it dropped with a second person.', 'zh-CN': '请完成该措施，或经复核后取消。' },
  },
  'credit-is-not-confirmed': {
    title: { en: 'The credit has not been confirmed', 'zh-CN': '尚未确认到账' },
    advice: {
      en: 'Returning money is done when the platform confirms the credit with its ledger reference.',
      'zh-CN': '须由平台以账务凭证确认到账后，该措施才算完成。',
    },
  },
  'cause-is-missing': {
    title: { en: 'Cause and solution are missing', 'zh-CN': '尚未登记原因和解决方案' },
    advice: { en: 'Record what caused it and how it was solved.', 'zh-CN': '请先登记原因和解决方案。' },
  },
  'redress-is-unknown': {
    title: { en: 'No such redress was offered', 'zh-CN': '没有该项赔付方案' },
    advice: { en: 'Offer it first.', 'zh-CN': '请先提出赔付方案。' },
  },
  'redress-was-accepted': {
    title: { en: 'This redress was accepted', 'zh-CN': '该赔付方案已被接受' },
    advice: { en: 'What was accepted is owed and cannot be declined any more.', 'zh-CN': '已接受的方案须履行，不能再拒绝。' },
  },
  'redress-amount-does-not-fit': {
    status: 422,
    title: { en: 'The amount does not fit this kind of redress', 'zh-CN': '该类赔付与金额不符' },
    advice: { en: 'Money items need an amount; an apology has none.', 'zh-CN': '金钱类项目须填写金额，道歉等非金钱类不填。' },
  },
  'redress-still-owed': {
    title: { en: 'Redress was accepted and is still owed', 'zh-CN': '已接受的赔付尚未支付' },
    advice: { en: 'Plan and complete the measure that pays it.', 'zh-CN': '请登记并完成支付措施。' },
  },
  'account-is-unknown': {
    title: { en: 'We do not know which account it is about', 'zh-CN': '尚不清楚涉及哪个账户' },
    advice: { en: 'Ask the customer for the account, and add it to the complaint.', 'zh-CN': '请向投诉人了解账户并补充到投诉中。' },
  },
  'scope-does-not-fit': {
    status: 422,
    title: { en: 'This scope does not fit', 'zh-CN': '范围与措施不符' },
    advice: {
      en: 'A lock blocks outgoing money or all; a limit counts single operations or a day.',
      'zh-CN': '锁定的范围为转出或全部；限额按单笔或单日。',
    },
  },
  'limit-needs-an-amount': {
    status: 422,
    title: { en: 'A limit needs an amount', 'zh-CN': '限额须填写金额' },
    advice: { en: 'Say how much may still be moved.', 'zh-CN': '请填写允许的金额。' },
  },
  'protection-undecided': {
    title: { en: "The account's protection has not been decided", 'zh-CN': '账户保护措施尚未确定' },
    advice: { en: 'Wait until the lock or limit that was asked for is set or declined.', 'zh-CN': '请等待所申请的锁定或限额得到处理。' },
  },
  'letter-is-unknown': {
    title: { en: 'No such letter was issued', 'zh-CN': '没有该函件' },
    advice: { en: 'Issue the letter first.', 'zh-CN': '请先出具函件。' },
  },
  'decision-is-missing': {
    title: { en: 'Nothing has been decided yet', 'zh-CN': '尚未作出处理决定' },
    advice: { en: 'Make the decision first; the final response tells it.', 'zh-CN': '请先作出处理决定，再告知投诉人。' },
  },
  'decision-is-not-proposed': {
    title: { en: 'No decision has been proposed', 'zh-CN': '尚未提出处理意见' },
    advice: { en: 'Propose the decision first.', 'zh-CN': '请先提出处理意见。' },
  },
  'complainant-has-no-final-response': {
    title: { en: 'The customer has not been sent the final response', 'zh-CN': '尚未向投诉人送达处理结果，不能办结' },
    advice: { en: 'Issue it and wait until it has left.', 'zh-CN': '请出具处理结果告知书，送出后再办结。' },
  },
  'summary-resolution-was-not-sent': {
    title: { en: 'The summary resolution has not been sent', 'zh-CN': '尚未送出投诉解决确认函' },
    advice: { en: 'Issue it and wait until it has left.', 'zh-CN': '请出具投诉解决确认函，送出后再办结。' },
  },
  'complaint-was-not-withdrawn': {
    title: { en: 'The complaint was not withdrawn', 'zh-CN': '投诉人未撤回投诉' },
    advice: { en: "Record the customer's withdrawal, or close it another way.", 'zh-CN': '请先登记撤回，或按其他方式办结。' },
  },
  'original-case-is-not-linked': {
    title: { en: 'The case it duplicates is not linked', 'zh-CN': '尚未关联原投诉' },
    advice: { en: 'Link the original case as duplicate-of first.', 'zh-CN': '请先关联原投诉。' },
  },
  'approval-missing': {
    title: { en: 'A second person has not approved this', 'zh-CN': '须经复核后方可执行' },
    advice: { en: 'Ask for approval, and wait until a supervisor gives it.', 'zh-CN': '请提交复核，通过后再执行。' },
  },
  'approval-was-not-asked': {
    title: { en: 'Nobody asked for this approval', 'zh-CN': '没有该项复核申请' },
    advice: { en: 'Ask for it first.', 'zh-CN': '请先提交复核申请。' },
  },
  'no-needs-a-reason': {
    status: 422,
    title: { en: 'A no needs a reason', 'zh-CN': '不同意须说明理由' },
    advice: { en: 'Say why with one of the codes.', 'zh-CN': '请选择一个理由代码。' },
  },
  'approval-is-for-an-older-version': {
    title: { en: 'The approval was for an earlier state of the case', 'zh-CN': '复核所依据的情况已变化' },
    advice: { en: 'Something has changed since it was asked for. Ask again.', 'zh-CN': '提交复核后情况已有变化，请重新提交。' },
  },
  'second-person-is-the-first': {
    status: 403,
    title: { en: 'The second person must not be the first', 'zh-CN': '复核人与经办人不能为同一人' },
    advice: { en: 'Ask a colleague.', 'zh-CN': '请由其他人员复核。' },
  },
  'reopening-window-has-passed': {
    title: { en: 'The time for reopening has passed', 'zh-CN': '已超过重新处理期限，您仍可提交新的投诉' },
    advice: { en: 'File a new complaint under /v1/complaints and mention this case.', 'zh-CN': '请提交新的投诉，并说明与本投诉的关联。' },
  },
} as const satisfies Refusals;

export type CaseRefusal = keyof typeof refusals;
