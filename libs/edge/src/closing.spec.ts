import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post, Req, Res } from '@nestjs/common';
import type { EventStore } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Allow, House, Streams } from './index.js';
import { doorsUnderTest } from './testing.js';

/** A log that only grows when the test says so. */
let head = 0;
let waiters: (() => void)[] = [];
const grow = (by = 1) => {
  head += by;
  for (const wake of waiters.splice(0)) wake();
};
const store = {
  waitFor: (position: number, ms: number, signal?: AbortSignal) =>
    new Promise<boolean>((resolve) => {
      if (head > position) return resolve(true);
      const timer = setTimeout(() => resolve(false), ms);
      const done = (more: boolean) => () => (clearTimeout(timer), resolve(more));
      waiters.push(done(true));
      signal?.addEventListener('abort', done(false), { once: true });
    }),
} as unknown as EventStore;

const slow = { release: () => undefined as void, began: Promise.resolve() };
let begun: () => void = () => undefined;

@Controller('v1')
class SlowHttp {
  constructor(private readonly streams: Streams) {}

  @Post('slow')
  @Allow('agent')
  async slow(): Promise<object> {
    begun();
    await new Promise<void>((resolve) => (slow.release = resolve));
    return { carried: 'out' };
  }

  @Get('stream')
  @Allow('agent')
  stream(@Req() asked: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.streams.open(asked, reply, {
      after: 0,
      page: async (after, limit) => {
        const ids = Array.from({ length: Math.min(limit, head - after) }, (_, at) => after + at + 1);
        return {
          events: ids.filter((id) => id % 2 === 0).map((id) => ({ id, event: 'even', data: { id, text: '你好\n世界' } })),
          upTo: after + ids.length,
        };
      },
    });
  }
}

@Module({ imports: [House.of({ service: 'slow', histories: {}, refusals: {} })], controllers: [SlowHttp] })
class SlowModule {}

let doors: Awaited<ReturnType<typeof doorsUnderTest>>;
let port: number;
let token: string;
let closed: string[];
let left: boolean;
beforeEach(async () => {
  head = 0;
  waiters = [];
  closed = [];
  left = false;
  slow.began = new Promise((resolve) => (begun = resolve));
  doors = await doorsUnderTest(SlowModule, {
    service: 'slow',
    store,
    environment: { RECOURSE_DRAIN_MS: '200' },
    runtime: { close: async () => void closed.push('house') },
  });
  await doors.app.listen(0, '127.0.0.1');
  port = (doors.app.getHttpServer().address() as AddressInfo).port;
  token = await doors.issuer.token({ role: 'agent' });
});
afterEach(() => (left ? doors.issuer.close() : doors.close()));

const ask = (
  path: string,
  { method = 'GET', headers = {}, bearer = token }: { method?: string; headers?: Record<string, string>; bearer?: string } = {},
) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, path, method, agent: false, headers: { authorization: `Bearer ${bearer}`, ...headers } }, resolve)
      .on('error', reject)
      .end();
  });
const readAll = async (answer: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  return text;
};
/** Reads until the text has come. */
const readUntil = (answer: IncomingMessage, wanted: string) =>
  new Promise<string>((resolve) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes(wanted)) resolve(text);
    });
  });

describe('A stream of events', () => {
  it('comes at once, with positions, and goes on after the last one seen', async () => {
    grow(4);
    const first = await ask('/v1/stream');
    expect(first.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    expect(await readUntil(first, 'id: 4\n')).toBe(
      'retry: 2000\n\nid: 2\nevent: even\ndata: {"id":2,"text":"你好\\n世界"}\n\nid: 4\nevent: even\ndata: {"id":4,"text":"你好\\n世界"}\n\n',
    );
    first.destroy();
    grow(2);
    const second = await ask('/v1/stream', { headers: { 'last-event-id': '4' } });
    expect(await readUntil(second, 'id: 6')).not.toContain('id: 4\n');
    const more = readUntil(second, 'id: 8');
    grow(2);
    expect(await more).toContain('id: 8');
    second.destroy();
  });

  it('is refused as a problem when the last id is none', async () => {
    const answer = await ask('/v1/stream', { headers: { 'last-event-id': 'x' } });
    expect([answer.statusCode, JSON.parse(await readAll(answer))]).toEqual([
      400,
      expect.objectContaining({ code: 'last-event-id-malformed' }),
    ]);
  });

  it('ends with the token it was opened with', async () => {
    const answer = await ask('/v1/stream', { bearer: await doors.issuer.token({ role: 'agent' }, { expiresIn: -3 }) });
    const began = Date.now();
    expect(await readAll(answer)).toContain('retry: 2000');
    expect(Date.now() - began).toBeLessThan(3_000);
  });

  it('is counted only while somebody listens', async () => {
    const streams = doors.app.get(Streams);
    const answers = await Promise.all([1, 2, 3].map(() => ask('/v1/stream')));
    expect(streams.count).toBe(3);
    for (const answer of answers) answer.destroy();
    for (let waited = 0; streams.count > 0 && waited < 50; waited++) await pause(10);
    expect(streams.count).toBe(0);
  });
});

describe('A service that is told to leave', () => {
  it('says so, answers while it drains, ends its streams, and finishes the command in hand before anything behind it closes', async () => {
    const stream = await ask('/v1/stream');
    const streamed = readAll(stream);
    const command = ask('/v1/slow', { method: 'POST' });
    await slow.began;
    const leaving = doors.app.close().then(() => (left = true));
    await pause(50);
    const [ready, alive] = [await ask('/readyz'), await ask('/livez')];
    expect([ready.statusCode, alive.statusCode]).toEqual([503, 200]);
    expect(JSON.parse(await readAll(ready))).toMatchObject({ ready: false, leaving: true });
    await readAll(alive);
    expect(await streamed).toContain('retry: 2000');
    await pause(100);
    expect([left, closed]).toEqual([false, []]);
    await expect(ask('/livez')).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    slow.release();
    const answer = await command;
    expect([answer.statusCode, JSON.parse(await readAll(answer))]).toEqual([201, { carried: 'out' }]);
    await leaving;
    expect(closed).toEqual(['house']);
  });
});
