import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { intakeUnderTest, type IntakeUnderTest } from '../intake.testing.js';
import { Clamd, ScannerAway } from './clamd.client.js';
import { eicar, startClamd } from './clamd.testing.js';

let clamd: Awaited<ReturnType<typeof startClamd>>;
let intake: IntakeUnderTest;
let url: string;
beforeAll(async () => {
  clamd = await startClamd({ most: 2_000_000 });
  intake = await intakeUnderTest({ RECOURSE_SCAN: 'clamd', RECOURSE_SCAN_ADDRESS: `127.0.0.1:${clamd.port}` });
  const { body } = await customer().post('/v1/complaints', { channel: 'app', narrative: { text: 'x' } });
  url = `/v1/complaints/${body.matter}/evidence`;
});
afterAll(async () => {
  await intake.close();
  await clamd.close();
});

const customer = () => intake.as({ sub: 'cus-0012', role: 'customer', tenant: 'quanpay' });
const supervisor = () => intake.as({ sub: 'sup-1', role: 'supervisor', tenant: 'quanpay' });
const give = async (bytes: Buffer) =>
  (await customer().upload(url, { bytes, type: 'text/plain', name: 'chat.txt', fields: { kind: 'chat-log' } })).body.evidence as string;
const content = (id: string) => customer().download(`/v1/evidence/${id}/content?purpose=own-data`);
const stateOf = async (id: string) => (await customer().get(`/v1/evidence/${id}`)).body;
const comesTo = async (id: string, state: string) => {
  for (let tries = 0; tries < 400; tries++) {
    const shown = await stateOf(id);
    if (shown.state === state) return shown;
    await pause(50);
  }
  throw new Error(`${id} never came to be ${state}`);
};

describe('Evidence that is scanned', () => {
  it('is seen by nobody before, and by everybody who may after it was found clean; the record names the scanner', async () => {
    const bytes = Buffer.alloc(200_000, 'a line of a chat\n');
    const id = await give(bytes);
    const shown = await comesTo(id, 'cleared');
    expect(shown.cleared).toMatchObject({ by: 'service:intake', scanner: expect.stringMatching(/^ClamAV /) });
    expect((await content(id)).bytes.equals(bytes)).toBe(true);
    expect(clamd.scanned).toContain(bytes.length);
  });

  it('is set aside when something was found: kept sealed, shown to nobody, and the complaint says so', async () => {
    // In the midst of the file, and torn between two pieces of it.
    const id = await give(Buffer.concat([Buffer.alloc(65_500, 'x'), eicar, Buffer.alloc(100_000, 'y')]));
    const { quarantined } = await comesTo(id, 'quarantined');
    expect(quarantined).toMatchObject({ why: 'malicious-content', found: 'Win.Test.EICAR_HDB-1', by: 'service:intake' });
    expect(await content(id)).toMatchObject({ status: 409 });
    expect(await supervisor().post(`/v1/evidence/${id}/clearance`)).toMatchObject({
      status: 409,
      body: { code: 'evidence-is-quarantined' },
    });
    const { items } = (await customer().get(url)).body;
    expect(items).toContainEqual(expect.objectContaining({ evidence: id, setAside: 'malicious-content' }));
    expect((await intake.files()).some(({ path }) => path.endsWith(id))).toBe(true);
  });

  it('is set aside when the scanner looks at nothing so large', async () => {
    const id = await give(Buffer.alloc(3_000_000, 'z'));
    expect((await comesTo(id, 'quarantined')).quarantined).toMatchObject({ why: 'cannot-be-opened' });
  });

  it('waits while the scanner is away, cannot be seen, cleared or redacted meanwhile, and is scanned once when it is back', async () => {
    const { port } = clamd;
    await clamd.close();
    const [one, two] = [await give(Buffer.from('one')), await give(Buffer.from('two'))];
    expect(await stateOf(one)).toMatchObject({ state: 'awaiting-scan' });
    const seen = await content(one);
    expect({ status: seen.status, retry: seen.headers['retry-after'], code: JSON.parse(seen.bytes.toString()).code }).toEqual({
      status: 409,
      retry: '5',
      code: 'evidence-awaits-scan',
    });
    expect(await supervisor().post(`/v1/evidence/${one}/clearance`)).toMatchObject({ status: 409, body: { code: 'evidence-awaits-scan' } });
    const redacted = { bytes: Buffer.from('█'), type: 'text/plain', fields: { why: 'card-data' } };
    expect(await supervisor().upload(`/v1/evidence/${one}/redactions`, redacted)).toMatchObject({
      status: 409,
      body: { code: 'evidence-awaits-scan' },
    });
    clamd = await startClamd({ port });
    await comesTo(two, 'cleared');
    expect(await intake.told(`evidence-${one}`)).toEqual(['EvidenceReceived', 'EvidenceCleared']);
  });
});

describe('A scanner', () => {
  async function* pieces(...all: Buffer[]) {
    yield* all;
  }
  it('that is not there is away', async () => {
    const gone = await startClamd();
    await gone.close();
    await expect(new Clamd({ host: '127.0.0.1', port: gone.port }).scan(pieces(Buffer.from('a')))).rejects.toThrow(ScannerAway);
  });
  it('is given an empty file too', async () =>
    expect(await new Clamd({ host: '127.0.0.1', port: clamd.port }).scan(pieces())).toEqual({ kind: 'clean' }));
  it('finds what is torn between two pieces', async () =>
    expect(await new Clamd({ host: '127.0.0.1', port: clamd.port }).scan(pieces(eicar.subarray(0, 30), eicar.subarray(30)))).toEqual({
      kind: 'infected',
      found: 'Win.Test.EICAR_HDB-1',
    }));
});
