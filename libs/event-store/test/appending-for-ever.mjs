// Appends until it is killed, and prints every append it was told of. Half of them carry keys.
import { PostgresEventStore } from '@recourse/event-store';

const [logUrl, name] = process.argv.slice(2);
const store = await PostgresEventStore.open({ service: 'test', logUrl });
const by = { actor: 'service:test', role: 'service', client: 'test' };

const writer = async (stream) => {
  for (let n = 0; ; n++) {
    const key = n % 2 ? { key: `${stream}-${n}`, fingerprint: 'f', kind: 'heard' } : undefined;
    const events = [
      { type: 'Noted', n },
      { type: 'Noted', n },
    ];
    const request = {
      tenant: 'quanpay',
      at: store.now(),
      by,
      corr: stream,
      writes: [{ stream, expected: 'none', events }],
      ...(key && { key }),
    };
    const outcome = await store.append(request);
    if (outcome.kind !== 'appended') throw new Error(outcome.kind);
    process.stdout.write(`${stream} ${n} ${outcome.positions.join(' ')}\n`);
  }
};
await Promise.all(Array.from({ length: 8 }, (_, index) => writer(`case-${name}-${index}`)));
