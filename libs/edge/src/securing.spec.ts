import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer, type TLSSocket } from 'node:tls';
import { canCertify, certifyIn } from './certifying.testing.js';
import { configure, ConfigurationWrong, houseVariables } from './configuring.js';
import { transportOf } from './delivering.js';
import { DoorsModule } from './doors.testing.js';
import { makeLog } from './logging.js';
import { kafkaSecurity, listeningTls } from './securing.disk.js';
import { doorsUnderTest, testEnvironment, type DoorsUnderTest } from './testing.js';

const folder = mkdtempSync(join(tmpdir(), 'recourse-tls-'));
const at = (name: string): string => join(folder, name);
const listens = { RECOURSE_TLS_CERT: at('service.crt'), RECOURSE_TLS_KEY: at('service.key') };
const opened: { close(): Promise<unknown> | void }[] = [];

const certified = canCertify('TLS of a service');
const described = certified ? describe : describe.skip;

beforeAll(() => {
  if (certified) certifyIn(folder);
});
afterAll(async () => {
  for (const one of opened.reverse()) await one.close();
  rmSync(folder, { recursive: true });
});

const configuration = (environment: Record<string, string>) =>
  configure(
    'doors',
    { ...testEnvironment({ issuer: 'http://127.0.0.1:1', jwksUrl: 'http://127.0.0.1:1/jwks' } as never), ...environment },
    Object.values(houseVariables),
  );
const listening = async (environment: Record<string, string>): Promise<DoorsUnderTest> => {
  const doors = await doorsUnderTest(DoorsModule, { service: 'doors', environment: { RECOURSE_LOG_LEVEL: 'fatal', ...environment } });
  opened.push(doors);
  await doors.app.listen(0, '127.0.0.1');
  return doors;
};
const ask = (doors: DoorsUnderTest, more: RequestOptions): Promise<{ status: number | undefined; hsts: unknown }> =>
  new Promise((resolve, reject) => {
    const { port } = doors.app.getHttpServer().address() as AddressInfo;
    get({ host: '127.0.0.1', port, path: '/livez', agent: false, ca: readFileSync(at('ca.crt')), ...more }, async (answer) => {
      await text(answer);
      resolve({ status: answer.statusCode, hsts: answer.headers['strict-transport-security'] });
    }).on('error', reject);
  });
const shows = (name: string) => ({ cert: readFileSync(at(`${name}.crt`)), key: readFileSync(at(`${name}.key`)) });

described('A service with a certificate', () => {
  it('speaks TLS to whoever knows its authority, and says so for the next time', async () => {
    const doors = await listening(listens);
    expect(await ask(doors, {})).toEqual({ status: 200, hsts: 'max-age=31622400; includeSubDomains' });
    await expect(ask(doors, { ca: readFileSync(at('other.crt')) })).rejects.toThrow(/certificate/);
    await expect(ask(doors, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1' })).rejects.toThrow();
  });

  it('answers nothing in clear', async () => {
    const doors = await listening(listens);
    const { port } = doors.app.getHttpServer().address() as AddressInfo;
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow();
  });

  it('hears only those whose certificate its authority signed, when one is named', async () => {
    const doors = await listening({ ...listens, RECOURSE_TLS_CLIENT_CA: at('ca.crt') });
    expect((await ask(doors, shows('door'))).status).toBe(200);
    await expect(ask(doors, {})).rejects.toThrow(/certificate required|ECONNRESET|socket hang up/i);
    await expect(ask(doors, shows('other'))).rejects.toThrow();
  });
});

described('Settings of TLS', () => {
  it.each([
    ['RECOURSE_TLS_KEY', { RECOURSE_TLS_CERT: at('service.crt') }],
    ['RECOURSE_TLS_CERT', { RECOURSE_TLS_KEY: at('service.key') }],
    ['RECOURSE_TLS_CERT', { RECOURSE_TLS_CLIENT_CA: at('ca.crt') }],
    ['KAFKA_KEY', { KAFKA_CERT: at('service.crt') }],
    ['KAFKA_USERNAME', { KAFKA_SASL: 'scram-sha-512' }],
  ])('that lack their other half stop the start: %s', (missing, environment) => {
    expect(() => configuration(environment)).toThrow(ConfigurationWrong);
    expect(() => configuration(environment)).toThrow(new RegExp(`${missing} +is not set, but`));
  });

  it('that cannot be used stop it too, in words and without a path', () => {
    writeFileSync(at('empty'), '');
    const wrong: [Record<string, string>, RegExp][] = [
      [{ ...listens, RECOURSE_TLS_CERT: at('nowhere.crt') }, /^the file that RECOURSE_TLS_CERT names cannot be read \(ENOENT\)$/],
      [{ ...listens, RECOURSE_TLS_KEY: at('other.key') }, /must be PEM, and the key that of the certificate/],
      [{ ...listens, RECOURSE_TLS_CERT: at('empty') }, /must be PEM/],
    ];
    for (const [environment, words] of wrong) expect(() => listeningTls(configuration(environment))).toThrow(words);
    expect(listeningTls(configuration({}))).toBeUndefined();
  });
});

described('Kafka', () => {
  it('is asked over TLS, with our certificate, by everything that asks it', async () => {
    const met: { authorized: boolean; first: Buffer }[] = [];
    const broker = createServer(
      { ...shows('service'), ca: readFileSync(at('ca.crt')), requestCert: true, rejectUnauthorized: true },
      (socket: TLSSocket) => {
        socket.on('error', () => undefined);
        socket.once('data', (first: Buffer) => {
          met.push({ authorized: socket.authorized, first });
          socket.destroy();
        });
      },
    );
    opened.push({ close: () => void broker.close() });
    await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
    const set = configuration({
      RECOURSE_TRANSPORT: 'kafka',
      KAFKA_BROKERS: `127.0.0.1:${(broker.address() as AddressInfo).port}`,
      ...{ KAFKA_CA: at('ca.crt'), KAFKA_CERT: at('door.crt'), KAFKA_KEY: at('door.key') },
    });
    const transport = transportOf('doors', set, makeLog('doors', 'silent'));
    await transport.ready().catch(() => false);
    while (met.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await transport.close();
    // The first thing kafkajs says is ApiVersions: length, then API key 18.
    expect([met[0]!.authorized, met[0]!.first.readInt16BE(4)]).toEqual([true, 18]);
  });

  it('may want a name and a password, which stand in no message', () => {
    const scram = { KAFKA_TLS: 'on', KAFKA_SASL: 'scram-sha-512', KAFKA_USERNAME: 'recourse', KAFKA_PASSWORD: 'secret-7' };
    expect(kafkaSecurity(configuration(scram))).toEqual({
      ssl: {},
      sasl: { mechanism: 'scram-sha-512', username: 'recourse', password: 'secret-7' },
    });
    expect(kafkaSecurity(configuration({}))).toEqual({});
    expect(() => configuration({ ...scram, KAFKA_SASL: 'gssapi' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret-7') }),
    );
  });
});
