import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { lookup } from 'node:dns';
import type { AddressInfo } from 'node:net';
import { OutboundClient } from './outbound.client.js';

let server: Server;
let port = 0;
const reached: string[] = [];
beforeAll(async () => {
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    reached.push(request.url ?? '');
    if (request.url === '/moved') response.writeHead(302, { location: `http://127.0.0.1:${port}/private` }).end();
    else if (request.url === '/busy') response.writeHead(503, { 'retry-after': '7' }).end();
    else if (request.url === '/flood') response.writeHead(200).end('x'.repeat(5_000_000));
    else response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** A name server of our own: each answer may differ from the one before. */
const resolving = (...answers: readonly (readonly string[])[]): typeof lookup => {
  let asked = 0;
  return ((_name: string, _options: object, callback: (error: null, addresses: { address: string; family: number }[]) => void) => {
    const answer = answers[Math.min(asked++, answers.length - 1)]!;
    callback(
      null,
      answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as typeof lookup;
};

describe('A call to a stranger', () => {
  it('reaches loopback only where development named it', async () => {
    const named = new OutboundClient([`127.0.0.1:${port}`]);
    const plain = new OutboundClient([]);
    expect(await named.post(`http://127.0.0.1:${port}/hook`, {}, '{}')).toMatchObject({ status: 204 });
    expect(await plain.post(`http://127.0.0.1:${port}/hook`, {}, '{}')).toMatchObject({ failed: 'address-not-allowed' });
    await Promise.all([named.close(), plain.close()]);
  });
  it('does not follow a redirect', async () => {
    const client = new OutboundClient([`127.0.0.1:${port}`]);
    expect(await client.post(`http://127.0.0.1:${port}/moved`, {}, '{}')).toMatchObject({ status: 302 });
    expect(reached).not.toContain('/private');
    await client.close();
  });
  it('hands on Retry-After and throws a flood away', async () => {
    const client = new OutboundClient([`127.0.0.1:${port}`]);
    expect(await client.post(`http://127.0.0.1:${port}/busy`, {}, '{}')).toMatchObject({ status: 503, retryAfter: '7' });
    expect(await client.post(`http://127.0.0.1:${port}/flood`, {}, '{}')).toMatchObject({ status: 200 });
    await client.close();
  });
  it.each([[['127.0.0.1']], [['169.254.169.254']], [['93.184.216.34', '10.0.0.1']], [['::ffff:127.0.0.1']]])(
    'is not made when the name resolves to %j',
    async (addresses) => {
      const client = new OutboundClient([], resolving(addresses));
      expect(await client.post(`https://hook.example:${port}/`, {}, '{}')).toMatchObject({ failed: 'address-not-allowed' });
      await client.close();
    },
  );
  it('judges the very answer it connects to, so that a name which turns private at the second look is not reached', async () => {
    const before = reached.length;
    const client = new OutboundClient([], resolving(['127.0.0.1']));
    expect(client.mayCall(`https://rebinding.example:${port}/`)).toBe(true);
    expect(await client.post(`https://rebinding.example:${port}/`, {}, '{}')).toMatchObject({ failed: 'address-not-allowed' });
    expect(reached.length).toBe(before);
    await client.close();
  });
  it('says in a code why it failed', async () => {
    const client = new OutboundClient(['127.0.0.1:1', 'localhost']);
    expect(await client.post('http://127.0.0.1:1/', {}, '{}')).toMatchObject({ failed: 'connection-refused' });
    await client.close();
  });
});
