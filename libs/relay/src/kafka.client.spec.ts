import { describe, expect, it, jest } from '@jest/globals';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { loadKafkajs, voiceOf } from './kafka.client.js';

type Queue = { push(request: object): void; fulfillRequest(response: object): void; checkPendingRequests(): void; destroy(): void };
const queue = (maxInFlightRequests: number | null): Queue => {
  const logger = { debug: () => undefined, warn: () => undefined };
  const options = { maxInFlightRequests, requestTimeout: 1_000, enforceRequestTimeout: false, clientId: 'test', broker: 'b', logger };
  return new (RequestQueue as unknown as new (options: object) => Queue)(options);
};
const request = (correlationId: number, sendRequest: () => void) => ({
  entry: { correlationId, resolve: () => undefined, reject: () => undefined },
  expectResponse: true,
  sendRequest,
});

describe('A connection of kafkajs', () => {
  it('plans no timer while nothing waits, however much has passed through it', async () => {
    const idle = queue(null);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    idle.checkPendingRequests();
    expect(timers).toHaveBeenCalledTimes(1); // as it comes: and that timer plans the next one, a millisecond later, for ever
    idle.destroy();

    await loadKafkajs();
    timers.mockClear();
    const guarded = queue(null);
    for (let n = 0; n < 100; n++) {
      guarded.push(request(n, () => undefined));
      guarded.fulfillRequest({ correlationId: n, payload: Buffer.alloc(0), size: 0 });
    }
    expect(timers).not.toHaveBeenCalled();
    timers.mockRestore();
  });

  it('still sends what had to wait', async () => {
    await loadKafkajs();
    const busy = queue(1);
    const sent: number[] = [];
    for (const n of [1, 2]) busy.push(request(n, () => sent.push(n)));
    expect(sent).toEqual([1]);
    busy.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    expect(sent).toEqual([1, 2]);
    busy.destroy();
  });
});

describe('A key', () => {
  // cspell:ignore lkjh fiuh oiuhsafujhadof phr
  /** Hashes of murmur2 as Kafka's own test of its Java client lists them (UtilsTest.testMurmur2). */
  const vectors: Readonly<Record<string, number>> = {
    '21': -973932308,
    foobar: -790332482,
    'a-little-bit-long-string': -985981536,
    'a-little-bit-longer-string': -1486304829,
    lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
    abc: 479470107,
  };
  it.each(Object.entries(vectors))('%s chooses partitions as the Java client does', async (key, hash) => {
    const { Partitioners } = await loadKafkajs();
    const choose = Partitioners.DefaultPartitioner();
    for (const partitions of [1, 5, 6, 12, 97]) {
      const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 1 }));
      const chosen = choose({ topic: 't', partitionMetadata: partitionMetadata as never, message: { key, value: '' } });
      expect(chosen).toBe((hash & 0x7fffffff) % partitions);
    }
  });
});

describe('What kafkajs says', () => {
  it('is a warning at most, once in a while, and never before the carrier was ready', () => {
    const said: string[] = [];
    const hear = (level: string) => (_: object, sentence: string) => void said.push(`${level}: ${sentence}`);
    let ready = false;
    const voice = voiceOf({ debug: hear('debug'), info: hear('info'), warn: hear('warn'), error: hear('error') }, () => ready);
    const entry = (message: string, level = 1) => ({
      level,
      namespace: 'Connection',
      label: 'ERROR',
      log: { message, timestamp: '', error: 'down' },
    });
    voice(entry('coordinator is loading'));
    ready = true;
    voice(entry('connection refused'));
    voice(entry('connection refused'));
    voice(entry('a detail', 2));
    expect(said).toEqual(['debug: kafkajs: coordinator is loading', 'warn: kafkajs: connection refused', 'debug: kafkajs: a detail']);
  });
});
