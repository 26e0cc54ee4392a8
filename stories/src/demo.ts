import { accountTakenOver } from './account-taken-over.js';
import { moneyNotReceived } from './money-not-received.js';
import { paymentFailed } from './payment-failed.js';
import { platformOfItsOwn } from './platform-of-its-own.js';
import { newRun } from './seeding.js';
import { everybody } from './signing-in.js';

const stories = [
  ['taken-over', 'Account taken over (QuanPay, 中文)', accountTakenOver],
  ['failed', 'Payment failed, then refunded (TidePay)', paymentFailed],
  ['not-received', 'Money not received (Harbour Wallet)', moneyNotReceived],
  ['platform', 'A platform of its own (Lumen Wallet)', platformOfItsOwn],
] as const;

const usage = `npm run demo [-- story]    plays a story, or all four, through the front door
  stories: ${stories.map(([name]) => name).join(', ')}
  RECOURSE_URL   the front door (http://127.0.0.1:4000)
  RECOURSE_STORY_HOST   under which host the services reach this process's webhook receiver (127.0.0.1)`;

const tty = process.stdout.isTTY;
const paint = (code: string) => (text: string) => (tty ? `\u001b[${code}m${text}\u001b[0m` : text);
const bold = paint('1');
const dim = paint('2');

/** Plays the stories against whatever runs at the address given, a line a step. */
const main = async (): Promise<number> => {
  const wanted = process.argv.slice(2);
  if (wanted.includes('--help')) return print(usage, 0);
  const unknown = wanted.find((name) => !stories.some(([known]) => known === name));
  if (unknown) return print(`There is no story called ${unknown}.\n${usage}`, 2);
  const url = (process.env['RECOURSE_URL'] ?? 'http://127.0.0.1:4000').replace(/\/$/, '');
  const healthy = await fetch(`${url}/healthz`).then(
    (answer) => answer.ok,
    () => false,
  );
  if (!healthy) return print(`Nothing healthy answers at ${url}: run npm start first, or name another address in RECOURSE_URL.`, 1);
  const host = process.env['RECOURSE_STORY_HOST'];
  const played: string[] = [];
  for (const [name, title, play] of stories.filter(([known]) => wanted.length === 0 || wanted.includes(known))) {
    print(`\n${bold(title)}`, 0);
    const started = Date.now();
    let count = 0;
    const step = (text: string): void => void print(`  ${dim(String(++count).padStart(2))}  ${text}`, 0);
    try {
      const { reference } = await play({ who: everybody(url), url, run: newRun(), step, ...(host && { host }) });
      played.push(reference);
      print(dim(`      ${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`), 0);
    } catch (error) {
      return print(`\nThe story ${name} stopped: ${error instanceof Error ? error.message : String(error)}`, 1);
    }
  }
  return print(
    `\n${bold('What to look at now')}\n${played.map((reference) => `  npm run replay -- ${reference}`).join('\n')}\n  ${url}/docs        every route, with its problems\n  ${url}/dev/mail    the letters and codes that were sent\n`,
    0,
  );
};

const print = (text: string, code: number): number => {
  console.log(text);
  return code;
};

process.exitCode = await main();
