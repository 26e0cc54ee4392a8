import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { limitsWith, usualLimits } from '@recourse/contracts';
import { TenantLimits } from '@recourse/edge';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { intakeUnderTest, type IntakeUnderTest } from '../intake.testing.js';
import { EvidenceVault, type Place } from './vault.js';

const caller = { sub: 'cus-0012', role: 'customer', tenant: 'quanpay' } as const;
const megabyte = 1_048_576;
const size = 64 * megabyte;

let intake: IntakeUnderTest;
let port: number;
beforeAll(async () => {
  intake = await intakeUnderTest();
  await intake.app.listen(0, '127.0.0.1');
  port = (intake.app.getHttpServer().address() as AddressInfo).port;
});
afterAll(() => intake.close());
afterEach(() => {
  jest.restoreAllMocks();
});

describe('A large upload', () => {
  it('is never held: when the vault takes nothing, the sender is stopped, and nothing of it is lost', async () => {
    jest
      .spyOn(intake.app.get(TenantLimits), 'of')
      .mockReturnValue(limitsWith(usualLimits, { sizes: { evidenceBytes: size }, quotas: { evidenceBytesPerMatter: size } }));
    const { body } = await intake.as(caller).post('/v1/complaints', { channel: 'app', narrative: { text: 'x' } });

    const vault = intake.app.get(EvidenceVault);
    const keep = vault.keep.bind(vault);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    jest.spyOn(vault, 'keep').mockImplementation((place: Place, bytes: AsyncIterable<Uint8Array>) =>
      keep(
        place,
        (async function* () {
          for await (const piece of bytes) {
            await released;
            yield piece;
          }
        })(),
      ),
    );

    const sending = request({
      ...{ host: '127.0.0.1', port, method: 'POST', path: `/v1/complaints/${body.matter}/evidence` },
      headers: {
        authorization: `Bearer ${await intake.issuer.token(caller)}`,
        'idempotency-key': randomUUID(),
        'content-type': 'multipart/form-data; boundary=b',
      },
    });
    const answered = once(sending, 'response');
    let sent = 0;
    const give = async () => {
      sending.write('--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nchat-log\r\n');
      sending.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n');
      const piece = Buffer.alloc(65_536, 'a line of a chat\n');
      for (; sent < size; sent += piece.length) if (!sending.write(piece)) await once(sending, 'drain');
      sending.end('\r\n--b--\r\n');
    };
    const giving = give();
    for (let [before, quiet] = [-1, 0]; quiet < 20; quiet = sent === before ? quiet + 1 : 0, before = sent) await pause(50);
    // What has left the sender lies in the buffers of the two sockets, a few megabytes, and of the form's reader.
    expect(sent).toBeLessThan(size / 2);
    release();
    await giving;
    const [answer] = (await answered) as [{ statusCode: number; resume(): void }];
    answer.resume();
    expect(answer.statusCode).toBe(201);
    const { items } = (await intake.as(caller).get(`/v1/complaints/${body.matter}/evidence`)).body;
    expect(items).toMatchObject([{ size }]);
  }, 120_000);
});
