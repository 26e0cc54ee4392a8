import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { utimes, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { basename, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { v7 as uuid } from 'uuid';
import { intakeUnderTest, type IntakeUnderTest } from '../intake.testing.js';
import { SweepingWorker } from './sweeping.worker.js';

const here = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const caller = { sub: 'cus-0012', role: 'customer', tenant: 'quanpay' } as const;
const inADay = () => Date.now() + 25 * 3_600_000;

let intake: IntakeUnderTest;
let sweeping: SweepingWorker;
beforeAll(async () => {
  intake = await intakeUnderTest();
  sweeping = intake.app.get(SweepingWorker);
});
afterAll(() => intake.close());

const customer = () => intake.as(caller);
const aComplaint = async () => {
  const { body } = await customer().post('/v1/complaints', { channel: 'app', narrative: { text: 'x' } });
  return body.matter as string;
};
const lying = async () => (await intake.files()).map(({ path }) => basename(path)).sort();

/** The service as it runs, in a process of its own on the same databases, keys and folder; it dies at one step. */
const anotherThatDies = async (dies: string) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  const { database, issuer, kekFile, folder } = intake;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', join(here, 'test/dying.mjs'), join(here, 'dist/bundle.js')],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...{ PATH: process.env['PATH'], DIES: dies, RECOURSE_SERVICE_PORT: String(port), RECOURSE_EVIDENCE_DIR: folder },
        ...{ DATABASE_OWNER_URL: database.ownerUrl, DATABASE_LOG_URL: database.logUrl, DATABASE_WEB_URL: database.webUrl },
        ...{ KEYRING_URL: database.keyringUrl, BUS_URL: database.busUrl, RECOURSE_KEK_FILE: kekFile, RECOURSE_LOG_LEVEL: 'fatal' },
        ...{ RECOURSE_ISSUER: issuer.issuer, RECOURSE_JWKS_URL: issuer.jwksUrl },
      },
    },
  );
  const gone = once(child, 'exit') as Promise<[number | null, string | null]>;
  const url = `http://127.0.0.1:${port}`;
  const alive = () => fetch(`${url}/livez`).then(({ ok }) => ok, () => false); // prettier-ignore
  while (!(await alive())) {
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`);
    await pause(50);
  }
  return { url, gone, end: () => child.kill('SIGKILL') };
};

describe('An upload that is killed', () => {
  it.each([
    ['while-it-is-written', 0],
    ['before-it-has-its-name', 0],
    ['after-it-has-its-name', 0],
    ['after-it-is-recorded', 1],
  ])(
    '%s loses nothing: asked again it is there once, with its bytes, and what was left is swept',
    async (dies, recorded) => {
      const [matter, key, bytes] = [await aComplaint(), randomUUID(), Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(400_000)])];
      const url = `/v1/complaints/${matter}/evidence`;
      const other = await anotherThatDies(dies);
      try {
        const form = new FormData();
        form.append('kind', 'letter');
        form.append('file', new Blob([bytes], { type: 'application/pdf' }), 'letter.pdf');
        const headers = { authorization: `Bearer ${await intake.issuer.token(caller)}`, 'idempotency-key': key };
        await expect(fetch(other.url + url, { method: 'POST', headers, body: form })).rejects.toThrow();
        expect((await other.gone)[1]).toBe('SIGKILL');
      } finally {
        other.end();
      }
      const listed = async () => (await intake.told(`complaint-${matter}`)).filter((type) => type === 'EvidenceListed').length;
      expect(await listed()).toBe(recorded);

      const again = await customer().upload(url, { bytes, type: 'application/pdf', name: 'letter.pdf', fields: { kind: 'letter' } }, key);
      expect(again.status).toBe(201);
      expect(await listed()).toBe(1);
      const { bytes: back } = await customer().download(`/v1/evidence/${again.body.evidence}/content?purpose=own-data`);
      expect(back.equals(bytes)).toBe(true);

      await sweeping.sweep(inADay());
      const named = (await lying()).filter((name) => !name.startsWith('.'));
      for (const id of named) expect(await intake.told(`evidence-${id}`)).toContain('EvidenceReceived');
      expect(named).toContain(again.body.evidence);
      expect(named).toHaveLength((await intake.recorded()).length);
      expect((await lying()).filter((name) => name.startsWith('.'))).toEqual([]);
    },
    120_000,
  );
});

describe('Sweeping', () => {
  it('takes no file that was recorded, and none that may still be', async () => {
    const url = `/v1/complaints/${await aComplaint()}/evidence`;
    const { evidence } = (await customer().upload(url, { bytes: Buffer.from('kept'), type: 'text/plain', fields: { kind: 'chat-log' } }))
      .body;
    const [fresh, orphan] = [uuid(), uuid({ msecs: Date.now() - 26 * 3_600_000 })];
    for (const id of [fresh, orphan]) await writeFile(join(intake.folder, 'quanpay', id), 'nobody speaks of it');
    const [growing, broken] = ['.growing', '.broken'].map((name) => join(intake.folder, name)) as [string, string];
    for (const path of [growing, broken]) await writeFile(path, 'half of it');
    await utimes(broken, 1_700_000_000, 1_700_000_000);
    expect(await sweeping.sweep()).toBe(1);
    const names = await lying();
    expect(names).toEqual(expect.arrayContaining([evidence, fresh, '.growing']));
    expect(names).not.toContain(orphan);
    expect(names).not.toContain('.broken');
    expect(await sweeping.sweep(inADay())).toBe(1);
    expect(await lying()).toContain(evidence);
  });

  it('is never late: what was on its way for too long is not recorded any more', () => {
    expect(() => sweeping.mayBeRecorded(uuid({ msecs: Date.now() - 59 * 60_000 }))).not.toThrow();
    expect(() => sweeping.mayBeRecorded(uuid({ msecs: Date.now() - 61 * 60_000 }))).toThrow(/evidence-cannot-be-stored/);
  });
});
