import { eventually, type Json } from './front.js';
import { expects, type Stage } from './telling.js';

const tenant = 'quanpay';
const chenJing = 'chen-jing';
const liuWei = 'liu-wei';

/** Account taken over (zh-CN): a stranger's device moves CNY 1,280.00 at night; the wallet is locked, given back to its owner, and the money returned. */
export const accountTakenOver = async ({
  who,
  url,
  run,
  step,
}: Stage): Promise<{ readonly reference: string; readonly matter: string }> => {
  const account = `wallet-${run}`;
  const subject = `customer-${run}`;
  const transaction = `transfer-${run}`;
  const address = `li.${run}@mail.example`;
  const platform = who.platform(tenant);
  const customer = who.customer(tenant, subject);
  const agent = who.staff(chenJing);
  const colleague = who.staff(liuWei);
  const inbox = (): Promise<Json> => who.anyone.see(`/dev/mail?to=${encodeURIComponent(address)}`);
  const read = new Map<string, Json>();
  const mail = (what: string, saying: RegExp): Promise<Json> =>
    eventually(`a mail: ${what}`, async () => {
      for (const { id } of (await inbox()).mails) if (!read.has(id)) read.set(id, await who.anyone.see(`/dev/mail/${id}`));
      return [...read.values()].find(({ subject: line, text }) => saying.test(`${line}\n${text}`));
    });

  step('QuanPay registers how it reaches this customer: codes and lock notices use nothing else');
  await platform.post(`/v1/accounts/${account}/contact`, { kind: 'email', address, language: 'zh-CN', subject });

  step('The customer drafts a complaint in the app; the answer says what is missing and suggests the telephone');
  const draft = await customer.post('/v1/complaints', {
    channel: 'app',
    language: 'zh-CN',
    account,
    category: 'account-taken-over',
    narrative: { text: '凌晨两点有人从我的数字钱包转走了1280元，我没有操作过' },
    details: {
      account,
      transaction,
      occurredAt: { at: '2026-11-17T18:14:00.000Z', precision: 'minute', zone: 'Asia/Shanghai' },
      amount: { currency: 'CNY', value: 128_000 },
    },
  });
  const matter: string = draft.matter;
  const missing = draft.completeness.missing.map(({ what }: Json) => what);
  expects(missing.includes('device'), 'the device is asked for', missing);
  expects(draft.suggestedChannel?.kind === 'telephone', 'the telephone is suggested', draft.suggestedChannel);

  step('He calls. The hand-off keeps what he told; agent 陈静, badge 0417, adds the device and submits');
  await customer.post(`/v1/complaints/${matter}/hand-offs`, { to: 'telephone', why: 'urgent' });
  await agent.post(`/v1/complaints/${matter}/details`, {
    details: { device: { model: '未知安卓手机', own: false, place: '外地' } },
    source: 'complainant',
  });
  const received = await agent.post(`/v1/complaints/${matter}/submission`, { reporterVerified: 'security-questions' });
  const reference: string = received.reference;
  expects(received.caseId === matter, 'the case has the id of the complaint');
  const told = await agent.see(`/v1/complaints/${matter}?purpose=handling-complaint`);
  expectsNarrative(told);

  step(`Received as ${reference}: a case is open under the same id, and outgoing transfers are blocked for 30 minutes`);
  const opened = await agent.see(`/v1/cases/${matter}?wait=5`);
  expects(opened.reference === reference, 'the case carries the reference', opened.reference);
  const permission = (): Promise<Json> =>
    platform.see(`/v1/accounts/${account}/permissions?operation=transfer-out&amount=100&currency=CNY`);
  const blocked = await eventually('the claim blocks outgoing transfers', async () => {
    const answer = await permission();
    return !answer.allowed && answer;
  });
  expects(
    blocked.sequence >= 1 && blocked.reasons.includes('outgoing-is-blocked'),
    'the wallet hears why, with a sequence number',
    blocked,
  );
  const claimed = (await agent.see(`/v1/accounts/${account}/protection`)).locks[0];
  expects(
    claimed.cause === 'claim' && Date.parse(claimed.until) - Date.parse(claimed.lockedAt) === 30 * 60_000,
    'the claim locks for 30 minutes',
    claimed,
  );

  step('She takes the case, records the call with her proposed solution and promises an update; he gets a receipt');
  await agent.judge(`/v1/cases/${matter}`, `/v1/cases/${matter}/assignment`, {});
  const promised = new Date(Date.now() + 4 * 3_600_000).toISOString();
  const contact = await agent.post(`/v1/cases/${matter}/contacts`, {
    channel: 'telephone',
    direction: 'inbound',
    badge: '0417',
    agentName: '陈静',
    text: '客户来电称凌晨2点14分账户被盗转1280元，本人未操作。',
    proposedSolution: '已限制转出，核验身份后解除，并追回被盗资金。',
    nextUpdate: promised,
  });
  const receipt: string = contact.contacts.at(-1).receipt;
  const genuine = await who.anyone.see(`/v1/receipts/${receipt}`);
  expects(genuine.genuine === true && genuine.badge === '0417', 'anyone may ask whether the receipt is genuine', genuine);
  const words = await customer.see(`/v1/receipts/${receipt}/text?purpose=own-data`);
  expects(JSON.stringify(words).includes('追回被盗资金'), 'its subject reads what was proposed', words);
  await mail('the receipt of the call', new RegExp(receipt));

  step('Evidence is kept encrypted, by hash: the chat log and the transaction record');
  const upload = async (kind: string, name: string, type: string, content: string): Promise<Json> => {
    const form = new FormData();
    form.append('kind', kind);
    form.append('file', new Blob([content], { type }), name);
    return agent.post(`/v1/complaints/${matter}/evidence`, form);
  };
  const chat = await upload('chat-log', '聊天记录.txt', 'text/plain', '02:20 客户: 我的钱不见了\n02:21 客服: 请立即致电热线\n');
  await upload('transaction-record', '交易.json', 'application/json', JSON.stringify({ transaction, amount: 128_000, currency: 'CNY' }));
  expects(/^[A-Za-z0-9_-]{43}$/.test(chat.h), 'evidence is named by the hash of what is stored', chat);
  await eventually('both are attached to the case', async () => (await agent.see(`/v1/cases/${matter}`)).evidence.length >= 2);

  step('Assessed as a take-over: the lock is confirmed and no longer lapses');
  await agent.judge(`/v1/cases/${matter}`, `/v1/cases/${matter}/assessment`, { severity: 'critical', category: 'account-taken-over' });
  const confirmed = await eventually('the lock is confirmed', async () =>
    (await agent.see(`/v1/accounts/${account}/protection`)).locks.find((lock: Json) => lock.confirmedAt && !lock.until),
  );
  const still = await permission();
  expects(!still.allowed && still.sequence > blocked.sequence, 'the wallet still hears no, with a higher sequence', still);
  const notice = await mail('what happened and how this platform unlocks', /锁定[\s\S]*安全中心/);
  expects(/下次/.test(notice.text), 'the notice says when he hears next', notice.text);

  step('He proves ownership: a one-time code, then an identity document checked by one agent');
  const unlock = await customer.post('/v1/unlock-requests', { account });
  const request: string = unlock.request;
  const stepUp = await customer.post('/v1/step-ups', { account, purpose: 'unlock', boundTo: request });
  const code = /\b(\d{6})\b/.exec((await mail('the one-time code', /验证码[\s\S]*\b\d{6}\b/)).text)![1]!;
  await customer.refused('code-is-wrong', `/v1/step-ups/${stepUp.stepUp}/verification`, { code: code === '000000' ? '000001' : '000000' });
  await customer.post(`/v1/step-ups/${stepUp.stepUp}/verification`, { code });
  await customer.post(`/v1/unlock-requests/${request}/proofs`, { kind: 'one-time-code', stepUp: stepUp.stepUp });
  await agent.post(`/v1/unlock-requests/${request}/proofs`, { kind: 'identity-document', result: 'accepted' });

  step('The unlock is decided by somebody else: she who collected the proof is refused, her colleague 刘伟 decides');
  const noun = `/v1/unlock-requests/${request}`;
  const seen = (await agent.ask('GET', noun)).headers.get('etag')!;
  await agent.refused('decider-collected-the-proof', `${noun}/decision`, { outcome: 'approved' }, { ifMatch: seen });
  await colleague.judge(noun, `${noun}/decision`, { outcome: 'approved' });
  const restored = await eventually('the wallet may send again', async () => {
    const answer = await permission();
    return answer.allowed && answer;
  });
  expects(restored.sequence > still.sequence, 'with a higher sequence than when it was blocked', restored);
  const decided = await agent.see(noun);
  expects(typeof decided.seconds === 'number' && decided.unlockedAt, 'the time from identity confirmed to restored is measured', decided);
  expects(
    (await agent.see(`/v1/accounts/${account}/protection`)).locks.find((lock: Json) => lock.lock === confirmed.lock).ended.how === 'lifted',
    'the lock is lifted',
  );

  step('The stolen payment is disputed, confirmed by the platform, and its credit ordered');
  const payment = `/v1/payments/${transaction}`;
  await agent.post('/v1/payments', { transaction, matter, claimed: { currency: 'CNY', value: 128_000 } });
  await platform.post(`${payment}/confirmation`, { paid: { currency: 'CNY', value: 128_000 }, occurredAt: '2026-11-17T18:14:07.000Z' });
  const planned = await agent.judge(`/v1/cases/${matter}`, `/v1/cases/${matter}/measures`, { kind: 'return-money', payment: transaction });
  expects(planned.measures.at(-1).state === 'planned', 'the measure is planned', planned.measures);
  const credit = await agent.post('/v1/credit-orders', { payment: transaction, matter, amount: { currency: 'CNY', value: 128_000 } });
  const creditId: string = credit.credit;

  step('Closing before the money is back is refused; the wallet confirms with its ledger reference, which completes the measure');
  await agent.judge(`/v1/cases/${matter}`, `/v1/cases/${matter}/cause`, { cause: 'take-over', solution: 'money-returned' });
  const caseSeen = async (): Promise<string> => (await agent.ask('GET', `/v1/cases/${matter}`)).headers.get('etag')!;
  await agent.refused('measure-still-open', `/v1/cases/${matter}/closure`, { how: 'answered' }, { ifMatch: await caseSeen() });
  await platform.post(`/v1/credit-orders/${creditId}/confirmation`, {
    amount: { currency: 'CNY', value: 128_000 },
    ledgerReference: `ledger-${run}`,
    creditedAt: new Date(Date.now() - 1_000).toISOString(),
  });
  const done = await eventually('the measure is done', async () => {
    const { measures } = await agent.see(`/v1/cases/${matter}`);
    return measures.every((measure: Json) => measure.state !== 'planned') && measures;
  });
  expects(
    done.some((measure: Json) => measure.kind === 'return-money'),
    'the money is back',
    done,
  );

  step('The decision is made, the final response issued; only when the letter has left is the case answered');
  await agent.judge(`/v1/cases/${matter}`, `/v1/cases/${matter}/decision`, { outcome: 'upheld', grounds: ['unauthorised'] });
  await agent.judge(`/v1/cases/${matter}`, `/v1/cases/${matter}/letters`, {
    kind: 'final-response',
    channel: 'email',
    text: '您的投诉成立：1280.00元已退回您的钱包，账户已恢复使用。如有异议，可再次联系我们。',
    promise: contact.promises?.at(-1)?.promise,
  });
  await eventually('the final response has left', async () => (await agent.see(`/v1/cases/${matter}`)).stage === 'answered');
  await mail('the final response', /投诉成立/);
  const promises = (await agent.see(`/v1/cases/${matter}`)).promises;
  expects(
    promises.every((promise: Json) => promise.state === 'kept'),
    'the promised update is kept by the letter',
    promises,
  );

  step('Closed');
  const closed = await agent.judge(`/v1/cases/${matter}`, `/v1/cases/${matter}/closure`, { how: 'answered' });
  expects(closed.stage === 'closed' && closed.closure.outcome === 'upheld', 'the case is closed as upheld', closed.closure);
  step(`What happened, event by event:  npm run replay -- ${reference}    (the front door is ${url})`);
  return { reference, matter };
};

const expectsNarrative = (told: Json): void =>
  expects(JSON.stringify(told).includes('转走了1280元'), 'nothing he told before is lost', Object.keys(told));
