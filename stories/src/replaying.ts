import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type AtTheFrontDoor, type Json } from './front.js';
import { overhear, type Overheard } from './overhearing.js';
import type { Stage } from './telling.js';

/** What a case answered, by log position, as somebody was answered then; and who asks for it again afterwards. */
export type Watched = {
  readonly matter: string;
  readonly reference: string;
  readonly heard: readonly Overheard[];
  readonly agent: AtTheFrontDoor;
};
type Story = (on: Stage) => Promise<{ readonly matter: string; readonly reference: string }>;

/** Plays a story while an agent looks at its case again and again, so that hardly any version goes by unseen. */
export const watched = async (tenant: string, play: Story, on: Stage): Promise<Watched> => {
  const agent = on.who.staff(`${tenant}/agent`);
  const ear = overhear();
  let over = false;
  const looking = (async () => {
    let matter: string | undefined;
    while (!over) {
      matter ??= (await agent.see(`/v1/cases?account=wallet-${on.run}`)).items[0]?.id;
      if (matter) await agent.ask('GET', `/v1/cases/${matter}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  })();
  try {
    const { matter, reference } = await play(on);
    over = true;
    await looking;
    await agent.see(`/v1/cases/${matter}`);
    return { matter, reference, agent, heard: ear.heard.filter(({ path }) => path.endsWith(matter)) };
  } finally {
    over = true;
    ear.stop();
  }
};

/** Every answer of a case is asked for again, at its position. */
export const readAsOfBefore = (tenant: string, { who, url }: Pick<Stage, 'who' | 'url'>, played: () => Watched | undefined): void => {
  type Asking = Pick<Overheard, 'path' | 'authorization'>;
  const again = (asking: Asking, position: string) => asked(asking, `position=${position}`);
  const asked = async ({ path, authorization }: Asking, query: string) => {
    const response = await fetch(`${url}${path}?${query}`, { headers: { authorization, accept: 'application/json' } });
    const [etag, leaf, at] = ['etag', 'log-leaf', 'log-position'].map((name) => response.headers.get(name) ?? '');
    return { status: response.status, etag, leaf, position: at, body: await response.text() };
  };
  const numberOf = (position: string): number => Number(position.split(':')[1]);

  describe(`A case of ${tenant}, read as of before`, () => {
    let story: Watched;
    let events: readonly Json[];
    beforeAll(async () => {
      const seen = played();
      if (!seen) throw new Error('its story came to no end');
      story = seen;
      events = (await story.agent.see(`/v1/cases/${story.matter}/events`)).items;
    });

    it('answers at every position what was answered then, byte for byte, to whoever asked', async () => {
      const { heard } = story;
      const different = new Map(heard.map((one) => [`${one.authorization} ${one.position}`, one]));
      for (const then of different.values()) {
        const { etag, leaf, position, body } = then;
        expect(await again(then, position)).toEqual({ status: 200, etag, leaf, position, body });
        expect(heard.filter((one) => one.authorization === then.authorization && one.position === position && one.body !== body)).toEqual(
          [],
        );
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
        expect(numberOf(then.position!)).toBe(
          Math.max(...events.filter((one) => one.recordedAt === recordedAt).map((one) => one.position)),
        );
      }
      const timeline = (await auditor.see(`/v1/audit/cases/${matter}/events`)).items;
      const leaves = timeline
        .filter(({ stream }: Json) => stream === `case-${matter}`)
        .map(({ position, leaf }: Json) => ({ position, leaf }));
      expect(leaves.length).toBe(events.length);
      for (const { position, leaf } of leaves) expect((await again({ path, authorization }, position)).leaf).toBe(leaf);
    });
  });
};
