import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { Resolver, type lookup } from 'node:dns';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { once } from 'node:events';
import { OutboundClient, type OutboundOptions } from './index.js';

/** A receiver with every bad habit, on loopback: `named` lets these tests call it. */
let server: Server;
let port = 0;
const reached: string[] = [];
let written = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    reached.push(request.url ?? '');
    response.on('error', () => undefined);
    switch (request.url) {
      case '/moved':
        return void response.writeHead(302, { location: `http://127.0.0.1:${port}/private` }).end();
      case '/busy':
        return void response.writeHead(503, { 'retry-after': '7' }).end('come back');
      case '/endless': {
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(8_192))) written += 8_192;
          if (!response.destroyed) response.once('drain', more);
        };
        return more();
      }
      case '/dripping': {
        response.writeHead(200);
        const drip = setInterval(() => response.write('x'), 20);
        return void response.once('close', () => clearInterval(drip));
      }
      case '/long-headers':
        return void response.writeHead(200, { 'x-long': 'x'.repeat(60_000) }).end();
      case '/many-headers':
        return void response.writeHead(200, Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`x-h-${n}`, 'x'.repeat(50)]))).end();
      case '/silent':
        return undefined;
      default:
        return void response.writeHead(200, { 'content-type': 'text/plain' }).end(`${request.method} heard`);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const calling = async (options: OutboundOptions, address: string, asked: Parameters<OutboundClient['call']>[1] = {}) => {
  const client = new OutboundClient(options);
  try {
    return await client.call(address, asked);
  } finally {
    await client.close();
  }
};
const named = { named: ['127.0.0.1'] };
const at = (path: string) => `http://127.0.0.1:${port}${path}`;

describe('A call to a stranger', () => {
  it('reaches loopback only where development named it', async () => {
    expect(await calling({ named: [`127.0.0.1:${port}`] }, at('/hook'))).toMatchObject({ status: 200 });
    expect(await calling({}, at('/hook'))).toMatchObject({ failed: 'address-not-allowed' });
  });
  it('gives back status, headers and body, or the status alone', async () => {
    const read = await calling(named, at('/hook'), { method: 'GET' });
    expect(read).toMatchObject({ status: 200, headers: { 'content-type': 'text/plain' } });
    expect('body' in read && Buffer.from(read.body).toString()).toBe('GET heard');
    const discarded = await calling(named, at('/hook'), { body: '{}', answer: 'discard' });
    expect('body' in discarded && discarded.body.length).toBe(0);
  });
  it('does not follow a redirect', async () => {
    expect(await calling(named, at('/moved'))).toMatchObject({ status: 302, headers: { location: at('/private') } });
    expect(reached).not.toContain('/private');
  });
  it('hands on Retry-After', async () =>
    expect(await calling(named, at('/busy'))).toMatchObject({ status: 503, headers: { 'retry-after': '7' } }));
  it('says in a code why it failed', async () =>
    expect(await calling({ named: ['127.0.0.1:1'] }, 'http://127.0.0.1:1/')).toMatchObject({ failed: 'connection-refused' }));
});

describe('A receiver that never ends', () => {
  it('is left when its answer is longer than anybody wants to read', async () => {
    written = 0;
    expect(await calling({ ...named, limits: { answerBytes: 10_000 } }, at('/endless'))).toMatchObject({ failed: 'answer-too-large' });
    expect(written).toBeLessThan(20_000_000);
  });
  it('has said its status, when that is all that was wanted', async () =>
    expect(await calling({ ...named, limits: { answerBytes: 10_000 } }, at('/endless'), { answer: 'discard' })).toMatchObject({
      status: 200,
    }));
  it('is left at the end of the whole time, though it sends a byte now and then', async () =>
    expect(await calling({ ...named, limits: { whole: 400 } }, at('/dripping'))).toMatchObject({ failed: 'no-answer-in-time' }));
  it('is left when it says nothing at all', async () =>
    expect(await calling({ ...named, limits: { whole: 300 } }, at('/silent'))).toMatchObject({ failed: 'no-answer-in-time' }));
  it.each(['/long-headers', '/many-headers'])('is left over its headers: %s', async (path) =>
    expect(await calling(named, at(path))).toMatchObject({ failed: 'answer-too-large' }),
  );
  it('is left when its headers come a byte at a time', async () => {
    const dripping = createTcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('error', () => undefined).on('close', () => clearInterval(drip));
    });
    dripping.listen(0, '127.0.0.1');
    await once(dripping, 'listening');
    const address = `http://127.0.0.1:${(dripping.address() as AddressInfo).port}/`;
    expect(await calling({ ...named, limits: { whole: 400 } }, address)).toMatchObject({ failed: 'no-answer-in-time' });
    dripping.close();
  });
});

describe('What is asked of a stranger', () => {
  it('carries no line breaks into the request', async () => {
    const before = reached.length;
    expect(await calling(named, at('/hook'), { headers: { 'x-id': '1\r\nx-more: 2' } })).toMatchObject({ failed: 'not-sent' });
    expect(await calling(named, `${at('/hook')}\r\nx-more: 2`)).toMatchObject({ failed: 'address-not-allowed' });
    expect(reached.length).toBe(before);
  });
  it('goes past every proxy the environment names', async () => {
    let proxied = 0;
    const proxy = createServer((_request, response) => void response.end(String(++proxied)));
    proxy.on('connect', (_request, socket) => void socket.end(`HTTP/1.1 502 no\r\n\r\n${++proxied}`));
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const names = ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    const before = names.map((name) => [name, process.env[name]] as const);
    for (const name of names)
      process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      expect(await calling(named, at('/hook'))).toMatchObject({ status: 200 });
      expect(proxied).toBe(0);
    } finally {
      for (const [name, value] of before)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      proxy.close();
    }
  });
});

/** A real name server, each of whose answers may differ from the one before. `asked` counts the questions for IPv4 addresses. */
const nameServer = async (...answers: readonly (readonly string[])[]) => {
  const socket: Datagrams = createSocket('udp4');
  let asked = 0;
  socket.on('message', (question, { port: from, address }) => {
    const end = question.indexOf(0, 12) + 5;
    const isFour = question.readUInt16BE(end - 4) === 1;
    const given = isFour ? answers[Math.min(asked++, answers.length - 1)]! : [];
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(given.length, 6);
    head.writeUInt32BE(0, 8);
    const records = given.map((ip) => Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...ip.split('.').map(Number)]));
    socket.send(Buffer.concat([head, question.subarray(12, end), ...records]), from, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  const look = ((name: string, _options: object, callback: (error: Error | null, addresses?: object[]) => void) =>
    resolver.resolve4(name, (error, addresses) =>
      callback(
        error,
        addresses?.map((address) => ({ address, family: 4 })),
      ),
    )) as unknown as typeof lookup;
  return { look, asked: () => asked, close: () => socket.close() };
};

describe('A name', () => {
  it.each([[['127.0.0.1']], [['169.254.169.254']], [['93.184.216.34', '10.0.0.1']], [['0.0.0.0']], [['100.100.100.200']]])(
    'that resolves to %j is not called',
    async (addresses) => {
      const names = await nameServer(addresses);
      expect(await calling({ look: names.look }, 'https://hook.example/')).toMatchObject({ failed: 'address-not-allowed' });
      names.close();
    },
  );
  it('that nobody knows is said so', async () => {
    const names = await nameServer([]);
    expect(await calling({ look: names.look }, 'https://hook.example/')).toMatchObject({ failed: 'name-not-found' });
    names.close();
  });

  /** Which of two loopback addresses gets the connection; one of them counts as public here. */
  const listening = async () => {
    const connections: string[] = [];
    const open = async (host: string, at: number): Promise<TcpServer> => {
      const one = createTcpServer((socket) => {
        connections.push(host);
        socket.on('error', () => undefined).end();
      });
      one.listen(at, host);
      await once(one, 'listening');
      return one;
    };
    const first = await open('127.0.0.2', 0);
    const { port: shared } = first.address() as AddressInfo;
    const second = await open('127.0.0.1', shared);
    return { connections, port: shared, close: () => [first, second].forEach((one) => one.close()) };
  };

  it('that turns private at the second look gains nothing: the address that was judged is the one that is called', async () => {
    const [names, there] = [await nameServer(['127.0.0.2'], ['127.0.0.1']), await listening()];
    const client = new OutboundClient({ look: names.look, ports: [there.port], mayReach: (address) => address === '127.0.0.2' });
    const address = `https://rebinding.example:${there.port}/`;
    expect(client.mayCall(address)).toBe(true);
    expect(await client.call(address, {})).toMatchObject({ failed: 'connection-lost' }); // it speaks no TLS; being reached is what counts
    expect({ connections: there.connections, asked: names.asked() }).toEqual({ connections: ['127.0.0.2'], asked: 1 });
    expect(await client.call(address, {})).toMatchObject({ failed: 'address-not-allowed' });
    expect(there.connections).toEqual(['127.0.0.2']);
    await client.close();
    names.close();
    there.close();
  });
});
