import { eventually, type Json } from './front.js';
import { listen } from './listening.js';
import { expects, type Stage } from './telling.js';

const tenant = 'harbour';
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Money not received (en): three inquiries raise the priority, a promise is missed for ever, one is kept though reported late, and the stream has no gap. */
export const moneyNotReceived = async ({
  who,
  url,
  run,
  step,
}: Stage): Promise<{ readonly reference: string; readonly matter: string }> => {
  const account = `wallet-${run}`;
  const subject = `customer-${run}`;
  const platform = who.platform(tenant);
  const customer = who.customer(tenant, subject);
  const agent = who.staff('amara-cole');

  step('The customer tells the website that £75.00 sent by a friend never arrived');
  const filed = await customer.post('/v1/complaints', {
    channel: 'website',
    language: 'en',
    account,
    category: 'funds-not-received',
    submit: true,
    narrative: { text: 'My friend sent me £75 yesterday evening. Her bank says it went out. It is not in my wallet. 😟' },
    details: {
      account,
      transaction: `incoming-${run}`,
      occurredAt: { at: inSeconds(-86_400), precision: 'hour', zone: 'Europe/London' },
      amount: { currency: 'GBP', value: 7_500 },
    },
  });
  const matter: string = filed.matter;
  const reference: string = filed.reference;
  const noun = `/v1/cases/${matter}`;
  await customer.see(`${noun}/progress?wait=5`).catch(() => undefined);
  const opened = await agent.see(`${noun}?wait=5`);
  expects(opened.priority === 'normal', 'a fresh case has normal priority', opened.priority);

  step('She asks three times how it stands; each is counted, and the third raises the priority by rule');
  for (let count = 1; count <= 3; count++) {
    if (count > 1) await pause(1_100); // this platform's interval between inquiries is one second
    const answer = await customer.post(`${noun}/inquiries`);
    expects(answer.inquiries === count || answer.inquiries?.count === count, `inquiry ${count} is counted`, answer);
  }
  const asked = await agent.see(noun);
  expects(asked.priority === 'high' && asked.priorityRule === 'inquiries', 'three inquiries raise the priority by rule', [
    asked.priority,
    asked.priorityRule,
  ]);
  const again = await customer.post(`${noun}/inquiries`);
  // On a machine with much to do, "at once" may come after the interval: then it is an inquiry like the others.
  const apart = Date.parse(again.inquiries.last) - Date.parse(asked.inquiries.last);
  expects(
    again.inquiries.count === 3 || (again.inquiries.count === 4 && apart >= 1_000),
    'asked again at once she hears the progress and nothing new is recorded',
    again,
  );

  step('An agent takes it and promises an update within two seconds, which does not come: missed, for ever');
  await agent.judge(noun, `${noun}/assignment`, {});
  const promised = await agent.post(`${noun}/promises`, { due: inSeconds(2) });
  const missed: string = promised.promises.at(-1).promise;
  const stateOf = async (promise: string): Promise<string> =>
    (await agent.see(noun)).promises.find((one: Json) => one.promise === promise).state;
  await eventually('the promise is missed', async () => (await stateOf(missed)) === 'missed');

  step('A note and a contact follow; the update comes after all, and the miss stays a miss');
  await agent.post(`${noun}/notes`, { text: 'Sending bank asked for its trace reference by telephone.' });
  await agent.judge(noun, `${noun}/assessment`, { severity: 'serious', category: 'funds-not-received' });
  await agent.post(`${noun}/contacts`, {
    channel: 'telephone',
    direction: 'outbound',
    badge: '0107',
    agentName: 'Amara Cole',
    text: 'Apologised for the missed update; the trace is running.',
    proposedSolution: 'Credit as soon as the sending bank confirms.',
    promise: missed,
  });
  expects((await stateOf(missed)) === 'missed', 'an answer that comes late does not undo a miss');

  step('Another update is promised; its letter leaves by post in time, which the platform reports late: kept');
  const second = await agent.post(`${noun}/promises`, { due: inSeconds(7) });
  const { promise, due } = second.promises.at(-1);
  const posted = await agent.judge(noun, `${noun}/letters`, {
    kind: 'update',
    channel: 'post',
    text: 'We have found your payment at the sending bank and are bringing it in.',
    promise,
    nextUpdate: inSeconds(86_400),
  });
  const letter: string = posted.letters.at(-1).letter;
  const leftAt = new Date(Math.min(Date.now(), Date.parse(due) - 500)).toISOString();
  const notice = await eventually('the letter is handed to the platform', async () =>
    (await platform.see(`/v1/notices?letter=${letter}`)).items.find((one: Json) => one.state === 'handed-over'),
  );
  await pause(Math.max(0, Date.parse(due) + 1_500 - Date.now()));
  expects(
    ['open', 'unconfirmed'].includes(await stateOf(promise)),
    'while the report is out, the promise is unconfirmed, not missed',
    await stateOf(promise),
  );
  await platform.post(`/v1/notices/${notice.notice}/delivery-reports`, { sentAt: leftAt });
  await eventually('the promise is kept', async () => (await stateOf(promise)) === 'kept');
  expects((await stateOf(missed)) === 'missed', 'the first one is still missed');

  step('Found, put right, answered, closed; she rejects the outcome with something new, and it is reopened once');
  await agent.judge(noun, `${noun}/cause`, { cause: 'beneficiary-not-credited', solution: 'beneficiary-credited' });
  await agent.judge(noun, `${noun}/decision`, { outcome: 'upheld', grounds: ['platform-outage'] });
  const answerAndClose = async (text: string): Promise<void> => {
    const issued = await agent.judge(noun, `${noun}/letters`, { kind: 'final-response', channel: 'platform', text });
    const final: string = issued.letters.at(-1).letter;
    expects(issued.stage !== 'answered', 'issued is not sent: the case is not answered yet', issued.stage);
    const handed = await eventually('the letter is handed to the platform', async () =>
      (await platform.see(`/v1/notices?letter=${final}`)).items.find((one: Json) => one.state === 'handed-over'),
    );
    await platform.post(`/v1/notices/${handed.notice}/delivery-reports`, { sentAt: new Date().toISOString() });
    await eventually('the case is answered', async () => (await agent.see(noun)).stage === 'answered');
    await agent.judge(noun, `${noun}/closure`, { how: 'answered' });
  };
  await answerAndClose('Your £75.00 is in your wallet. We are sorry that you had to ask three times.');

  step('Her progress stream showed each stage; it was cut in the middle and resumes without a gap');
  const token = await customer.token!();
  const stream = `${url}${noun}/progress/stream`;
  const whole = await listen(stream, token, (heard) => heard.some(({ data }) => data.stage === 'closed'));
  const cutAt = whole[Math.floor(whole.length / 2)]!;
  const before = await listen(stream, token, (heard) => heard.at(-1)!.id === cutAt.id);
  await agent.judge(noun, `${noun}/reopening`, { why: 'new-information' });
  const after = await listen(stream, token, (heard) => heard.at(-1)!.data.stage === 'reopened', cutAt.id);
  const ids = [...before, ...after].map(({ id }) => Number(id));
  expects(
    ids.every((id, at) => at === 0 || id > ids[at - 1]!),
    'no event is repeated',
    ids,
  );
  const alone = (await listen(stream, token, (heard) => heard.at(-1)!.id === String(ids.at(-1)))).map(({ id }) => Number(id));
  expects(JSON.stringify(alone) === JSON.stringify(ids), 'cut and resumed equals never cut', { alone, ids });
  for (const stage of ['received', 'assessed', 'answered', 'closed'])
    expects(
      whole.some(({ data }) => data.stage === stage),
      `the stream showed the stage ${stage}`,
      whole.map(({ data }) => data.stage),
    );

  await agent.judge(noun, `${noun}/decision`, { outcome: 'upheld', grounds: ['our-mistake'] });
  await answerAndClose('Your friend’s second payment has arrived as well. Thank you for telling us.');
  step(`Closed again. Event by event:  npm run replay -- ${reference}`);
  return { reference, matter };
};
