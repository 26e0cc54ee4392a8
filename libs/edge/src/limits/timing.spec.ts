import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { DoorsModule } from '../doors.testing.js';
import { doorsUnderTest, type DoorsUnderTest } from '../testing.js';

const short = { RECOURSE_LOG_LEVEL: 'fatal', RECOURSE_HEADERS_TIMEOUT_MS: '300', RECOURSE_REQUEST_TIMEOUT_MS: '600' };
let [doors, filing]: DoorsUnderTest[] = [];
beforeAll(async () => {
  doors = await doorsUnderTest(DoorsModule, { service: 'doors', environment: short });
  filing = await doorsUnderTest(DoorsModule, { service: 'filing', environment: short, uploads: { fileSize: 1_000 } });
  for (const one of [doors, filing]) await one!.app.listen(0, '127.0.0.1');
});
afterAll(async () => {
  await doors!.close();
  await filing!.close();
});

/** Says the beginning, then a byte now and then, for as long as somebody listens. */
const trickle = async (under: DoorsUnderTest, beginning: string, drop: string): Promise<string> => {
  const { port } = under.app.getHttpServer().address() as AddressInfo;
  const socket: Socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(beginning);
  const dripping = setInterval(() => socket.write(drop), 50);
  let heard = '';
  try {
    for await (const chunk of socket) heard += String(chunk);
  } catch {
    // It was cut off while a drop was on its way; what was heard counts.
  }
  clearInterval(dripping);
  return heard;
};
const post = (token: string, more: string) => `POST /v1/letters HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${more}`;

describe('Whoever takes for ever to say what he wants', () => {
  it('is cut off in the midst of his headers', async () => {
    const heard = await trickle(doors!, 'GET /v1/letters HTTP/1.1\r\nHost: x\r\n', 'X-Slow: 1\r\n');
    expect(heard).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(JSON.parse(heard.split('\r\n\r\n')[1]!)).toMatchObject({
      code: 'request-too-slow',
      advice: expect.stringContaining('Idempotency-Key'),
    });
  });

  it('is forgotten once he is answered, though nobody read his body', async () => {
    const headers = { 'content-type': 'application/json' };
    const refused = await filing!.app.inject({ method: 'POST', url: '/v1/letters', headers, payload: '{"a":1}' });
    expect(refused.statusCode).toBe(401);
    // Whoever is cut off now would be cut off behind his answer.
    await new Promise((resolve) => setTimeout(resolve, 700));
  });

  it('is cut off in the midst of his body', async () => {
    const token = await doors!.issuer.token({ role: 'agent' });
    const heard = await trickle(doors!, post(token, 'Content-Type: application/json\r\nContent-Length: 9999\r\n\r\n{'), ' ');
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is cut off where files are taken too, unless it is a file that he sends', async () => {
    const token = await filing!.issuer.token({ role: 'agent' });
    for (const length of ['Content-Length: 9999', 'Transfer-Encoding: chunked']) {
      const drop = length.startsWith('T') ? '1\r\n \r\n' : ' ';
      const heard = await trickle(filing!, post(token, `Content-Type: application/json\r\n${length}\r\n\r\n`), drop);
      expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    }
    const server = filing!.app.getHttpServer() as { requestTimeout: number; headersTimeout: number };
    expect(server).toMatchObject({ headersTimeout: 300, requestTimeout: 6_000 });
  });
});
