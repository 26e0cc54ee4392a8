import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Unexpected, type Answer, type AtTheFrontDoor, type Json } from './front.js';

/** What came back while others were being killed; `over` lets everybody go home, answered or not. */
export type Tally = {
  over: boolean;
  acknowledged: number;
  asked: number;
  lost: number;
  replayed: number;
  readonly refused: Record<string, number>;
};
export const newTally = (): Tally => ({ over: false, acknowledged: 0, asked: 0, lost: 0, replayed: 0, refused: {} });

/** Somebody who gives no rest: asks the same thing under the same key until it is answered, whatever falls over meanwhile. */
export class Insisting {
  constructor(
    private readonly who: AtTheFrontDoor,
    private readonly tally: Tally,
    private readonly chance: () => number,
  ) {}

  /** Now and then the same is asked twice at once, or once more as if the answer had been lost: it is the same answer. */
  async post(path: string, body: unknown = {}): Promise<Json> {
    const key = randomUUID();
    const ask = () => this.untilAnswered(`POST ${path}`, () => this.who.ask('POST', path, body, { key }));
    const mood = this.chance();
    const answers = mood < 0.2 ? await Promise.all([ask(), ask()]) : [await ask()];
    if (mood > 0.8) answers.push(await ask());
    this.tally.acknowledged++;
    this.tally.replayed += answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true').length;
    const [first] = answers;
    for (const { headers } of answers)
      if (headers.get('etag') !== first!.headers.get('etag')) throw new Error(`POST ${path} was answered in two ways under one key`);
    return first!.body;
  }

  /** Also until it is there: what others tell each other may take until they stand again. */
  async see(path: string): Promise<Json> {
    return (await this.untilAnswered(`GET ${path}`, () => this.who.ask('GET', path), [404])).body;
  }

  private async untilAnswered(asked: string, ask: () => Promise<Answer>, notYet: readonly number[] = []): Promise<Answer> {
    for (let tries = 0; ; tries++) {
      this.tally.asked++;
      const answer = await ask().catch((error: unknown) => {
        if (!isCut(error)) throw error;
        return undefined;
      });
      if (answer?.status === 200 || answer?.status === 201) return answer;
      if (!answer) this.tally.lost++;
      else if (answer.status >= 500 || notYet.includes(answer.status)) {
        const code = `${answer.status} ${answer.body?.code}`;
        this.tally.refused[code] = (this.tally.refused[code] ?? 0) + 1;
      } else throw new Unexpected(asked, answer);
      if (tries > 400 || this.tally.over) throw new Error(`${asked} was never answered`);
      await pause(Math.min(500, 50 * (tries + 1)));
    }
  }
}

/** Nobody there, or the line went dead; not a fault of ours. The issuer of tokens may be away as well. */
const isCut = (error: unknown): boolean =>
  /fetch failed|terminated|aborted|^the issuer refused a token: 5\d\d/.test(String((error as { readonly message?: unknown }).message));
