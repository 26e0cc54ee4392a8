import { describe, expect, it } from '@jest/globals';
import { accountTakenOver } from './account-taken-over.js';
import { moneyNotReceived } from './money-not-received.js';
import { paymentFailed } from './payment-failed.js';
import { platformOfItsOwn } from './platform-of-its-own.js';
import { readAsOfBefore, watched, type Watched } from './replaying.js';
import { newRun } from './seeding.js';
import { everybody } from './signing-in.js';
import type { Stage } from './telling.js';

const url = process.env['RECOURSE_STAGE_URL']!;
const host = process.env['RECOURSE_STORY_HOST'];

const stage = () => {
  const steps: string[] = [];
  return {
    steps,
    on: { who: everybody(url), url, run: newRun(), step: (text: string) => void steps.push(text), ...(host && { host }) } satisfies Stage,
  };
};

/** A story that stops says after which step. */
const played = async (play: (on: Stage) => Promise<{ reference: string }>): Promise<readonly string[]> => {
  const { steps, on } = stage();
  try {
    const { reference } = await play(on);
    expect(reference).toMatch(/^R/);
  } catch (error) {
    throw new Error(`after step ${steps.length} (${steps.at(-1)}): ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return steps;
};

const seen: Record<string, Watched> = {};
const watchedBy = (tenant: string, play: typeof accountTakenOver) => async (on: Stage) => (seen[tenant] = await watched(tenant, play, on));

describe('A complaint all the way', () => {
  it('account taken over: locked, proved, given back, credited, answered, closed', async () =>
    expect((await played(watchedBy('quanpay', accountTakenOver))).length).toBeGreaterThan(10));
  it('payment failed, then refunded: in order, never more than paid, every webhook', async () =>
    expect((await played(paymentFailed)).length).toBeGreaterThan(8));
  it('money not received: counted inquiries, a miss for ever, a stream without a gap', async () =>
    expect((await played(watchedBy('harbour', moneyNotReceived))).length).toBeGreaterThan(7));
  it('a platform of its own: created, published for, limited, closed by two, without a restart', async () =>
    expect((await played(platformOfItsOwn)).length).toBeGreaterThan(6));
});

for (const tenant of ['quanpay', 'harbour']) readAsOfBefore(tenant, { who: everybody(url), url }, () => seen[tenant]);
