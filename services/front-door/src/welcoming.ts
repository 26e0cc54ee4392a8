import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { languageOf } from './answering.js';
import type { Language } from './refusals.js';
import { services, type ServiceName } from './routing.js';

type Words = {
  readonly lang: string;
  readonly title: string;
  readonly about: string;
  readonly here: string;
  readonly does: Readonly<Record<ServiceName | 'issuer', string>>;
  readonly next: string;
  readonly steps: readonly (readonly [text: string, command: string])[];
  readonly look: string;
  readonly links: { readonly docs: string; readonly mail: string; readonly signIn: string; readonly health: string };
};

const words = (language: Language, origin: string): Words => {
  const ask = `curl ${origin}/v1/channels?platform=quanpay`;
  const list = `curl -H "authorization: Bearer $(npm run --silent token -- agent)" ${origin}/v1/cases`;
  if (language === 'zh-CN')
    return {
      lang: 'zh-CN',
      title: 'Recourse',
      about: '数字钱包的投诉处理后端：每一步都有记录，可重放，可证明。',
      here: '正在运行',
      does: {
        intake: '接收投诉、证据和投诉渠道',
        'case-tracking': '处理案件，直到结案',
        'account-lock': '保护账户：锁定、限额、解锁',
        notification: '告知客户和平台',
        audit: '核对每一条记录',
        governance: '管理平台及其规则、个人数据',
        issuer: '签发演示身份的令牌',
      },
      next: '下一步',
      steps: [
        ['我可以在哪里投诉？无需令牌。', ask],
        ['以客服人员陈静（工号 0417）的身份查看案件：', list],
        ['观看三个完整的故事：', 'npm run demo'],
      ],
      look: '查看',
      links: { docs: '接口文档', mail: '已发出的邮件', signIn: '签发方', health: '运行状况' },
    };
  return {
    lang: 'en',
    title: 'Recourse',
    about: 'The complaint desk of digital wallets: every step recorded, replayable, provable.',
    here: 'What runs here',
    does: {
      intake: 'listens: complaints, evidence, where one may complain',
      'case-tracking': 'works a case from its opening to its end',
      'account-lock': 'protects accounts: locks, limits, unlocking',
      notification: 'tells customers and platforms',
      audit: 'checks every record that was made',
      governance: 'looks after platforms, their rules and personal data',
      issuer: 'signs in the demonstration identities',
    },
    next: 'The next step',
    steps: [
      ['Where may I complain? Needs no token.', ask],
      ['The cases, as the agent Chen Jing, badge 0417, sees them:', list],
      ['Watch three stories from the first word to the last:', 'npm run demo'],
    ],
    look: 'Look at',
    links: { docs: 'the API', mail: 'the mail that went out', signIn: 'the issuer', health: 'the health of all' },
  };
};

const script = `fetch('/healthz').then((answer) => answer.json()).then(({ services }) => {
  for (const [name, state] of Object.entries(services)) document.getElementById(name)?.setAttribute('data-state', state);
});
for (const code of document.querySelectorAll('pre')) code.addEventListener('click', () => getSelection().selectAllChildren(code));`;

const style = `:root { color-scheme: light dark; --line: #8883; --soft: #8881; --ink: #2563eb; --good: #16a34a; --bad: #dc2626; font: 16px/1.55 system-ui, "PingFang SC", "Noto Sans SC", sans-serif; }
body { max-width: 46rem; margin: 9vh auto 6vh; padding: 0 1.25rem; }
h1 { font-size: 2.4rem; line-height: 1.1; letter-spacing: -.02em; margin: 0 0 .4rem; }
h2 { font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; opacity: .6; margin: 2.6rem 0 .7rem; }
p { margin: 0; } header p { font-size: 1.15rem; opacity: .75; }
ul, ol { list-style: none; margin: 0; padding: 0; }
ul.runs { border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; }
ul.runs li { display: grid; grid-template-columns: 1.2rem 9.5rem 1fr; gap: .5rem; align-items: baseline; padding: .55rem .9rem; }
ul.runs li + li { border-top: 1px solid var(--line); } ul.runs span { opacity: .7; }
ul.runs i { width: .6rem; height: .6rem; border-radius: 50%; background: #8886; align-self: center; }
[data-state=ready] i { background: var(--good); } [data-state=not-ready] i { background: var(--bad); }
ol li + li { margin-top: .9rem; }
pre { margin: .3rem 0 0; padding: .65rem .9rem; background: var(--soft); border: 1px solid var(--line); border-radius: .5rem; overflow-x: auto; font: .88rem/1.5 ui-monospace, "SF Mono", Menlo, monospace; cursor: copy; }
nav { display: flex; flex-wrap: wrap; gap: .5rem 1.6rem; } a { color: var(--ink); text-underline-offset: .2em; }`;

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = `default-src 'none'; connect-src 'self'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export type Shown = { readonly issuer: boolean; readonly mail: boolean };

const page = ({ lang, title, about, here, does, next, steps, look, links }: Words, { issuer, mail }: Shown): string => `<!doctype html>
<html lang="${lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
<header><h1>${title}</h1><p>${about}</p></header>
<h2>${here}</h2>
<ul class="runs">
${[...services, ...(issuer ? (['issuer'] as const) : [])].map((name) => `<li id="${name}"><i></i><b>${name}</b><span>${does[name]}</span></li>`).join('\n')}
</ul>
<h2>${next}</h2>
<ol>
${steps.map(([text, command]) => `<li>${text}<pre>${escaped(command)}</pre></li>`).join('\n')}
</ol>
<h2>${look}</h2>
<nav><a href="/docs">${links.docs}</a>${mail ? `<a href="/dev/mail">${links.mail}</a>` : ''}${issuer ? `<a href="/issuer/.well-known/openid-configuration">${links.signIn}</a>` : ''}<a href="/healthz">${links.health}</a></nav>
<script>${script}</script>
</html>`;

/** `/`: what runs here, and the next step. */
export const welcome = (app: FastifyInstance, shown: Shown): void => {
  app.get('/', async (request, reply) => {
    const host = /^[\w.:[\]-]{1,255}$/.test(request.host) ? request.host : '127.0.0.1:4000';
    return reply
      .type('text/html; charset=utf-8')
      .headers({ 'content-security-policy': policy, 'cache-control': 'no-store', vary: 'Accept-Language' })
      .send(page(words(languageOf(request.headers['accept-language']), `${request.protocol}://${host}`), shown));
  });
};
