import { describe, expect, it } from '@jest/globals';
import { portsFrom } from '@recourse/embedded/starting';
import { eventually, type Json } from './front.js';
import { everybody } from './signing-in.js';

const url = process.env['RECOURSE_STAGE_URL']!;
const who = everybody(url);

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
