import { openSync, writeSync } from 'node:fs';
import { PostgresEventStore } from '@recourse/event-store';
import type { Line } from './checking/histories.js';
import { Drawing } from './drawing.js';
import type { WriterPlan } from './serving/planning.js';
import { by } from './serving/saying.js';

/**
 * Writes operations until its share is done, many at a time, and writes down each before it is sent and after it was answered. What it wrote down
 * outlives its kill -9; the operations of a dead writer that were not answered are unknown.
 */
const plan = JSON.parse(process.argv[2] ?? '{}') as WriterPlan;
process.on('disconnect', () => process.exit(0));
const store = await PostgresEventStore.open({ service: 'speaker', logUrl: plan.logUrl, readers: 1, patience: 60_000 });
const drawing = new Drawing(plan.seed);
const history = openSync(plan.history, 'a');
const note = (line: Line) => writeSync(history, `${JSON.stringify(line)}\n`);

let next = plan.from;
const write = async (): Promise<void> => {
  for (;;) {
    const number = next++;
    if (number >= plan.until) return;
    const op = `${plan.name}-${number}`;
    const stream = `case-${plan.name}-${drawing.between(1, plan.streams)}`;
    note({ do: 'invoke', op, stream, events: plan.events });
    try {
      const outcome = await store.append({
        ...{ tenant: 'quanpay', at: store.now('quanpay'), by, corr: stream },
        writes: [{ stream, expected: 'none', events: Array.from({ length: plan.events }, (_, n) => ({ type: 'Said', op, n })) }],
        key: { key: op, fingerprint: op, kind: 'heard' },
      });
      if (outcome.kind === 'appended') note({ do: 'ok', op, positions: outcome.positions });
      else note({ do: outcome.kind === 'replayed' ? 'ok' : 'fail', op });
    } catch {
      note({ do: 'unknown', op });
    }
  }
};
process.send?.({ port: 0 });
await Promise.all(Array.from({ length: plan.inFlight }, write));
await store.close();
process.exit(0);
