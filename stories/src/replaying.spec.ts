import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { portsFrom } from '@recourse/embedded/starting';
import { accountTakenOver } from './account-taken-over.js';
import { eventually, type AtTheFrontDoor, type Json } from './front.js';
import { moneyNotReceived } from './money-not-received.js';
import { overhear, type Overheard } from './overhearing.js';
import { newRun } from './seeding.js';
import { everybody } from './signing-in.js';

const url = process.env['RECOURSE_STAGE_URL']!;
const who = everybody(url);

/** What a case answered, by log position, as somebody was answered then; and who asks for it again afterwards. */
type Played = { readonly tenant: string; readonly matter: string; readonly heard: readonly Overheard[]; readonly agent: AtTheFrontDoor };
const played: Played[] = [];

/** Plays a story while an agent looks at its case again and again, so that hardly any version goes by unseen. */
const watched = async (tenant: string, play: typeof accountTakenOver): Promise<Played> => {
  const agent = who.staff(`${tenant}/agent`);
  const run = newRun();
  const ear = overhear();
  let over = false;
  const looking = (async () => {
    let matter: string | undefined;
    while (!over) {
      matter ??= (await agent.see(`/v1/cases?account=wallet-${run}`)).items[0]?.id;
      if (matter) await agent.ask('GET', `/v1/cases/${matter}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  })();
  try {
    const { matter } = await play({ who, url, run, step: () => undefined });
    over = true;
    await looking;
    await agent.see(`/v1/cases/${matter}`);
    return { tenant, matter, agent, heard: ear.heard.filter(({ path }) => path.endsWith(matter)) };
  } finally {
    over = true;
    ear.stop();
  }
};

beforeAll(async () => {
  played.push(await watched('quanpay', accountTakenOver), await watched('harbour', moneyNotReceived));
});

type Asking = Pick<Overheard, 'path' | 'authorization'>;
const again = (asking: Asking, position: string) => asked(asking, `position=${position}`);
const asked = async ({ path, authorization }: Asking, query: string) => {
  const response = await fetch(`${url}${path}?${query}`, { headers: { authorization, accept: 'application/json' } });
  const [etag, leaf, at] = ['etag', 'log-leaf', 'log-position'].map((name) => response.headers.get(name) ?? '');
  return { status: response.status, etag, leaf, position: at, body: await response.text() };
};
const numberOf = (position: string): number => Number(position.split(':')[1]);

describe.each(['quanpay', 'harbour'])('A case of %s, read as of before', (tenant) => {
  let story: Played;
  let events: readonly Json[];
  beforeAll(async () => {
    story = played.find((one) => one.tenant === tenant)!;
    events = (await story.agent.see(`/v1/cases/${story.matter}/events`)).items;
  });

  it('answers at every position what was answered then, byte for byte, to whoever asked', async () => {
    const { heard } = story;
    const different = new Map(heard.map((one) => [`${one.authorization} ${one.position}`, one]));
    for (const then of different.values()) {
      const { etag, leaf, position, body } = then;
      expect(await again(then, position)).toEqual({ status: 200, etag, leaf, position, body });
      expect(heard.filter((one) => one.authorization === then.authorization && one.position === position && one.body !== body)).toEqual([]);
    }
    const versions = new Set(heard.map(({ etag }) => etag));
    process.stderr.write(
      `  ${tenant}: ${different.size} answers of ${versions.size} versions of a case with ${events.length} are the same as then\n`,
    );
    expect(versions.size).toBeGreaterThan(events.length / 3);
  });

  it('answers between two of its events what it answered at the first, and before them that it is not there', async () => {
    const { heard, matter, agent } = story;
    const authorization = `Bearer ${await agent.token!()}`;
    const path = `/v1/cases/${matter}`;
    const own = events.map(({ position }: Json) => Number(position));
    const first = own[0]!;
    expect(await again({ path, authorization }, String(first - 1))).toMatchObject({ status: 404 });
    let stood = { status: 0, etag: '', leaf: '', position: '', body: '' };
    for (let position = first; position <= own.at(-1)!; position++) {
      const shown = await again({ path, authorization }, `case-tracking:${position}`);
      const isOwn = own.includes(position);
      if (!isOwn) expect(shown).toEqual(stood);
      else
        expect({ ...shown, body: '' }).toEqual({
          status: 200,
          etag: `"${own.indexOf(position)}"`,
          leaf: expect.any(String),
          position: `case-tracking:${position}`,
          body: '',
        });
      stood = { ...shown, etag: shown.etag!, leaf: shown.leaf!, position: shown.position! };
    }
    const last = heard.filter(({ position }) => numberOf(position) === own.at(-1)).at(-1);
    expect({ body: stood.body, leaf: stood.leaf }).toEqual({ body: last?.body, leaf: last?.leaf });
  });

  it('is the same in the notary’s copy, at every position and with the same leaf', async () => {
    const { matter, agent } = story;
    const auditor = who.staff(`${tenant}/auditor`);
    const authorization = `Bearer ${await agent.token!()}`;
    const path = `/v1/cases/${matter}`;
    for (const { position, recordedAt } of events) {
      const shown = await again({ path, authorization }, `case-tracking:${position}`);
      const noted = await eventually('the notary has heard it', () =>
        auditor.see(`/v1/audit/cases/${matter}?position=case-tracking:${position}`),
      );
      const [{ state }] = noted.kinds.case;
      expect(JSON.stringify(state)).toBe(shown.body);
      expect(noted.heads['case-tracking'].position).toBe(position);
      // An instant stands for the last position not later than it, in both.
      const then = await asked({ path, authorization }, `at=${recordedAt}`);
      const notedThen = await auditor.see(`/v1/audit/cases/${matter}?at=${recordedAt}`);
      expect(JSON.stringify(notedThen.kinds.case[0].state)).toBe(then.body);
      expect(numberOf(then.position!)).toBe(Math.max(...events.filter((one) => one.recordedAt === recordedAt).map((one) => one.position)));
    }
    const timeline = (await auditor.see(`/v1/audit/cases/${matter}/events`)).items;
    const leaves = timeline
      .filter(({ stream }: Json) => stream === `case-${matter}`)
      .map(({ position, leaf }: Json) => ({ position, leaf }));
    expect(leaves.length).toBe(events.length);
    for (const { position, leaf } of leaves) expect((await again({ path, authorization }, position)).leaf).toBe(leaf);
  });
});

describe('The notary', () => {
  it('stands at the head of every log, and has seen no gap and no second story', async () => {
    const operator = who.staff('quanpay/operator');
    const services = ['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance'] as const;
    const ports = portsFrom(Number(new URL(url).port));
    const headOf = async (service: (typeof services)[number]): Promise<number> => {
      const metrics = await (await fetch(`http://127.0.0.1:${ports[service]}/metrics`)).text();
      return Number(/^recourse_log_head(?:\{[^}]*\})? (-?\d+)/m.exec(metrics)?.[1]);
    };
    // Others play on this stage as well: an instant is waited for in which nobody is in the middle of anything.
    const logs = await eventually(
      'the heads are the same',
      async () => {
        const before = await Promise.all(services.map(headOf));
        const { items } = await operator.see('/v1/audit/logs');
        const after = await Promise.all(services.map(headOf));
        const noted = services.map((service) => items.find(({ origin }: Json) => origin === service)?.position);
        return JSON.stringify(before) === JSON.stringify(after) && JSON.stringify(noted) === JSON.stringify(after) && items;
      },
      60,
    );
    expect(logs.map(({ origin }: Json) => origin).sort()).toEqual([...services].sort());
    for (const log of logs) {
      expect(log).toMatchObject({ gaps: [], stopped: false, farthest: log.position });
      expect(log.position).toBeGreaterThanOrEqual(0);
    }
  });
});

afterAll(() => expect(played.length).toBe(2));
