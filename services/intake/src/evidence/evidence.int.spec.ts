import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { limitsWith, taxonomy, usualLimits, type LimitsGiven } from '@recourse/contracts';
import { TenantLimits } from '@recourse/edge';
import { zipSync, type Zippable } from 'fflate';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { intakeUnderTest, type Heard, type IntakeUnderTest } from '../intake.testing.js';

let intake: IntakeUnderTest;
let matter: string;
let url: string;
beforeAll(async () => {
  intake = await intakeUnderTest();
  matter = (await customer().post('/v1/complaints', { channel: 'app', narrative: { text: '有人盗用我的账户' } })).body.matter;
  url = `/v1/complaints/${matter}/evidence`;
});
afterAll(() => intake.close());

const customer = () => intake.as({ sub: 'cus-0012', role: 'customer', tenant: 'quanpay' });
const agent = () => intake.as({ sub: 'agent-0417', role: 'agent', tenant: 'quanpay', badge: '0417' });
const supervisor = () => intake.as({ sub: 'sup-1', role: 'supervisor', tenant: 'quanpay' });

const chat = Buffer.from('02:10 陌生人：您好，我是客服\n02:12 我：为什么要验证码？ 😡\n');
const chatLog = { bytes: chat, type: 'text/plain', name: '聊天记录.txt', fields: { kind: 'chat-log' } };
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const sha256 = (bytes: Uint8Array, form: 'base64' | 'base64url' = 'base64url') => createHash('sha256').update(bytes).digest(form);
const errorsOf = ({ body }: Heard) =>
  (body.errors ?? []).map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`);

const until = async (holds: () => Promise<boolean>) => {
  for (let tries = 0; tries < 200; tries++) if (await holds()) return;
  throw new Error('it never came to be so');
};

/** A complaint of its own, for a test that counts. */
const another = async () => {
  const { body } = await customer().post('/v1/complaints', { channel: 'app', narrative: { text: 'x' } });
  return { matter: body.matter as string, url: `/v1/complaints/${body.matter}/evidence` };
};

describe('Evidence', () => {
  let id: string;

  it('is received with its hash, kind and true type; its name is sealed', async () => {
    const { status, headers, body, text } = await customer().upload(url, chatLog);
    expect(status).toBe(201);
    id = body.evidence;
    expect(headers['location']).toBe(`/v1/evidence/${id}`);
    expect(body).toMatchObject({
      matter,
      state: 'received',
      kind: 'chat-log',
      from: 'complainant',
      mediaType: 'text/plain',
      size: chat.length,
      name: { sealed: 'evidence-name' },
    });
    expect(body).not.toHaveProperty('content');
    expect(text).not.toContain('聊天记录');
  });

  it('lies on the disk encrypted, under its id, and the record names the hash of what lies there', async () => {
    const [file] = await intake.files();
    expect(file!.path.endsWith(join('quanpay', id))).toBe(true);
    expect(file!.bytes.includes(Buffer.from('验证码'))).toBe(false);
    const [record] = await intake.store.readStream(`evidence-${id}`);
    expect(record).toMatchObject({
      type: 'EvidenceReceived',
      corr: matter,
      attachments: [{ h: sha256(file!.bytes), n: file!.bytes.length }],
    });
    expect(record!.text).not.toContain(sha256(chat));
  });

  it('stands in the complaint’s list', async () => {
    const { body } = await customer().get(url);
    expect(body.items).toMatchObject([{ evidence: id, kind: 'chat-log', size: chat.length }]);
    expect(await intake.told(`complaint-${matter}`)).toContain('EvidenceListed');
  });

  it('tells its name and the hash of what was given only for a purpose', async () => {
    expect((await customer().get(`/v1/evidence/${id}?purpose=own-data`)).body.name).toEqual({ name: '聊天记录.txt', sha256: sha256(chat) });
  });

  it('is given back byte for byte, as an attachment that no browser opens', async () => {
    const { status, headers, bytes } = await customer().download(`/v1/evidence/${id}/content?purpose=own-data`);
    expect(status).toBe(200);
    expect(bytes.equals(chat)).toBe(true);
    expect(headers).toMatchObject({
      'content-disposition': `attachment; filename="evidence-${id}"`,
      'content-type': 'text/plain',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'repr-digest': `sha-256=:${sha256(chat, 'base64')}:`,
      'content-digest': `sha-256=:${sha256(chat, 'base64')}:`,
      'content-length': String(chat.length),
      'cache-control': 'no-store',
    });
  });

  it('is given in ranges', async () => {
    const content = `/v1/evidence/${id}/content?purpose=own-data`;
    const part = await customer().download(content, { range: 'bytes=3-12' });
    expect(part.status).toBe(206);
    expect(part.bytes.equals(chat.subarray(3, 13))).toBe(true);
    expect(part.headers).toMatchObject({
      'content-range': `bytes 3-12/${chat.length}`,
      'content-digest': `sha-256=:${sha256(chat.subarray(3, 13), 'base64')}:`,
      'repr-digest': `sha-256=:${sha256(chat, 'base64')}:`,
    });
    const etag = String(part.headers['etag']);
    expect(await customer().download(content, { range: 'bytes=3-12', 'if-range': etag })).toMatchObject({ status: 206 });
    expect(await customer().download(content, { range: 'bytes=3-12', 'if-range': '"of-another-file"' })).toMatchObject({ status: 200 });
    expect(await customer().download(content, { range: `bytes=${chat.length}-` })).toMatchObject({
      status: 416,
      headers: { 'content-range': `bytes */${chat.length}` },
    });
  });

  it('is not given without a purpose, or for a purpose that is not the caller’s; every opening is recorded', async () => {
    const before = await intake.told(`opening-${matter}`);
    expect(await customer().get(`/v1/evidence/${id}/content`)).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    expect(await customer().get(`/v1/evidence/${id}/content?purpose=handling-complaint`)).toMatchObject({ status: 403 });
    expect(await intake.told(`opening-${matter}`)).toEqual(before);
    await agent().download(`/v1/evidence/${id}/content?purpose=handling-complaint`);
    const openings = await intake.store.readStream(`opening-${matter}`);
    expect(openings).toHaveLength(before.length + 1);
    expect(openings.at(-1)).toMatchObject({
      by: { actor: 'agent-0417' },
      data: { purpose: 'handling-complaint', position: expect.any(Number), groups: [{ group: 'evidence-name' }, { group: 'evidence' }] },
    });
  });

  it('is nobody else’s', async () => {
    const strangers = [
      intake.as({ sub: 'cus-0099', role: 'customer', tenant: 'quanpay' }),
      intake.as({ sub: 'agent-1', role: 'agent', tenant: 'tidepay' }),
    ];
    for (const stranger of strangers) {
      expect(await stranger.get(`/v1/evidence/${id}`)).toMatchObject({ status: 404 });
      expect(await stranger.get(`/v1/evidence/${id}/content?purpose=own-data`)).toMatchObject({ status: 404 });
      const files = (await intake.files()).length;
      expect(await stranger.upload(url, chatLog)).toMatchObject({ status: 404, body: { code: 'not-found' } });
      expect(await intake.files()).toHaveLength(files);
    }
  });

  it.each([
    ['a picture', { bytes: png, type: 'image/png', fields: { kind: 'screenshot' } }],
    [
      'a transaction record as JSON',
      { bytes: Buffer.from('{"transaction":"T-1","amount":128000}'), type: 'application/json', fields: { kind: 'transaction-record' } },
    ],
    [
      'a table',
      { bytes: Buffer.from('time,amount\n02:14,1280.00\n'), type: 'text/csv', fields: { kind: 'transaction-record', from: 'complainant' } },
    ],
    [
      'a mail',
      { bytes: Buffer.from('From: a@example.com\r\nTo: b@example.com\r\n\r\nHello'), type: 'message/rfc822', fields: { kind: 'email' } },
    ],
  ])('may be %s', async (_what, file) => {
    const { status, body } = await customer().upload(url, file);
    expect({ status, type: body.mediaType }).toEqual({ status: 201, type: file.type });
    const { bytes } = await customer().download(`/v1/evidence/${body.evidence}/content?purpose=own-data`);
    expect(bytes.equals(file.bytes)).toBe(true);
  });

  it('of several megabytes comes back whole, and in any part of it', async () => {
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(5_000_000)]);
    const { body } = await customer().upload(url, { bytes, type: 'application/pdf', fields: { kind: 'letter' } });
    const { bytes: back } = await agent().download(`/v1/evidence/${body.evidence}/content?purpose=handling-complaint`);
    expect(sha256(back)).toBe(sha256(bytes));
    const content = `/v1/evidence/${body.evidence}/content?purpose=handling-complaint`;
    for (const [from, to] of [
      [65_530, 65_545],
      [131_072, 131_072],
      [1_000_000, 4_999_999],
      [4_999_999, 5_000_008],
    ] as const) {
      const part = await agent().download(content, { range: `bytes=${from}-${to}` });
      expect({ status: part.status, sha256: sha256(part.bytes) }).toEqual({ status: 206, sha256: sha256(bytes.subarray(from, to + 1)) });
    }
  });
});

describe('Evidence that is not what it says', () => {
  it.each([
    ['a picture called a text', { bytes: png, type: 'text/plain', fields: { kind: 'chat-log' } }, 'image/png'],
    ['a text called a picture', { bytes: chat, type: 'image/png', fields: { kind: 'screenshot' } }, 'unknown'],
    [
      'a program called a document',
      { bytes: Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0', 'latin1'), type: 'application/pdf', fields: { kind: 'letter' } },
      'application/x-msdownload',
    ],
    [
      'JSON that does not parse',
      { bytes: Buffer.from('{"a":'), type: 'application/json', fields: { kind: 'transaction-record' } },
      'unknown',
    ],
    ['bytes that are no UTF-8', { bytes: Buffer.from([0x61, 0xc3, 0x28]), type: 'text/plain', fields: { kind: 'chat-log' } }, 'unknown'],
    [
      'a page with a script',
      { bytes: Buffer.from('<script>alert(1)</script>'), type: 'text/html', fields: { kind: 'chat-log' } },
      'unknown',
    ],
    ['a picture as a call record', { bytes: png, type: 'image/png', fields: { kind: 'call-record' } }, 'image/png'],
    ['nothing at all', { bytes: Buffer.alloc(0), type: 'text/plain', fields: { kind: 'chat-log' } }, 'unknown'],
  ])('%s is refused, and nothing is kept of it', async (_what, file, found) => {
    const [head, files] = [await intake.store.head(), (await intake.files()).length];
    const refused = await customer().upload(url, file);
    expect(refused).toMatchObject({ status: 422, body: { code: 'evidence-type-does-not-match', facts: { found } } });
    expect(errorsOf(refused)).toEqual(['/file evidence-type-does-not-match']);
    expect(await intake.store.head()).toBe(head);
    expect(await intake.files()).toHaveLength(files);
  });
});

describe('Evidence that would harm who opens it', () => {
  const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
  const letter = (more: Zippable = {}) =>
    Buffer.from(zipSync({ '[Content_Types].xml': Buffer.from('<Types/>'), 'word/document.xml': Buffer.from('<w:document/>'), ...more }));
  /** A picture that says it is so large; what would follow its header is never looked at. */
  const picture = (width: number, height: number) => {
    const bytes = Buffer.from(png);
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    return bytes;
  };

  it('is not an honest letter, which is a letter by what is in it', async () => {
    const { status, body } = await customer().upload(url, { bytes: letter(), type: word, fields: { kind: 'letter' } });
    expect({ status, type: body.mediaType, flags: body.flags }).toEqual({ status: 201, type: word, flags: undefined });
  });
  it.each([
    ['an archive that unpacks to a thousand times its size', { 'a.xml': new Uint8Array(9_000_000) }, 'packed-too-tightly'],
    ['an archive within it', { 'word/embeddings/1.zip': letter() }, 'nested'],
  ])('is refused, and nothing is kept of it: %s', async (_what, more, why) => {
    const files = (await intake.files()).length;
    const refused = await customer().upload(url, { bytes: letter(more), type: word, fields: { kind: 'letter' } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'archive-is-not-safe', facts: { why } } });
    expect(await intake.files()).toHaveLength(files);
  });
  it('is refused when it is a picture of too many pixels', async () => {
    const files = (await intake.files()).length;
    const give = (bytes: Buffer) => customer().upload(url, { bytes, type: 'image/png', fields: { kind: 'screenshot' } });
    expect(await give(picture(60_000, 60_000))).toMatchObject({
      status: 422,
      body: { code: 'picture-is-too-large', facts: { width: 60_000 } },
    });
    expect(await give(picture(0, 10))).toMatchObject({ status: 422 });
    expect(await intake.files()).toHaveLength(files);
    expect(await give(picture(12_000, 9_000))).toMatchObject({ status: 201 });
  });
  it('is taken with a flag when it may be honest all the same', async () => {
    const pdf = Buffer.from('%PDF-1.7\n1 0 obj << /S /JavaScript /JS (app.alert) >>\n%%EOF');
    const { body } = await customer().upload(url, { bytes: pdf, type: 'application/pdf', fields: { kind: 'letter' } });
    expect(body.flags).toEqual(['document-with-script']);
    const macros = letter({ 'word/vbaProject.bin': Buffer.from('Attribute') });
    const { body: other } = await customer().upload(url, { bytes: macros, type: word, fields: { kind: 'letter' } });
    expect((await agent().get(`/v1/evidence/${other.evidence}`)).body.flags).toEqual(['document-with-macros']);
  });
});

describe('A form that is not as it should be', () => {
  it.each([
    ['without a kind', { ...chatLog, fields: {} }, ['/kind field-missing']],
    ['of an unknown kind', { ...chatLog, fields: { kind: 'poem' } }, ['/kind code-unknown']],
    ['from an unknown side', { ...chatLog, fields: { kind: 'chat-log', from: 'mars' } }, ['/from code-unknown']],
    ['with a field nobody knows', { ...chatLog, fields: { kind: 'chat-log', colour: 'red' } }, ['/colour unknown-field']],
  ])('%s is refused', async (_what, file, errors) => {
    const refused = await customer().upload(url, file);
    expect({ status: refused.status, errors: errorsOf(refused) }).toEqual({ status: 400, errors });
  });
  it('that is no form is refused', async () =>
    expect(await customer().post(url, { kind: 'chat-log' })).toMatchObject({ status: 415, body: { code: 'media-type-not-supported' } }));
  it('with too large a file is refused', async () => {
    const bytes = Buffer.alloc(taxonomy.evidence.perFile.bytes + 1, 0x61);
    expect(await customer().upload(url, { ...chatLog, bytes })).toMatchObject({ status: 413, body: { code: 'file-too-large' } });
  });
  it('for a complaint that does not exist is refused', async () => {
    const files = (await intake.files()).length;
    expect(await customer().upload(`/v1/complaints/${randomUUID()}/evidence`, chatLog)).toMatchObject({ status: 404 });
    expect(await intake.files()).toHaveLength(files);
  });
});

describe('Sent twice', () => {
  it('with the same key, evidence is kept once and the first answer given again', async () => {
    const { matter: own, url: there } = await another();
    const key = randomUUID();
    const first = await customer().upload(there, chatLog, key);
    const files = (await intake.files()).length;
    const again = await customer().upload(there, chatLog, key);
    expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' }, body: first.body });
    // What came the second time is let go behind the answer.
    await until(async () => (await intake.files()).length === files);
    expect((await intake.told(`complaint-${own}`)).filter((type) => type === 'EvidenceListed')).toHaveLength(1);
  });
  it('with the same key and other bytes it is refused', async () => {
    const key = randomUUID();
    await customer().upload(url, chatLog, key);
    expect(await customer().upload(url, { ...chatLog, bytes: Buffer.from('something else') }, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
  });
});

describe('The quota of a complaint', () => {
  it('ends with the last file that fits, also when several come at once', async () => {
    const { matter: own, url: there } = await another();
    const most = taxonomy.evidence.perMatter.files;
    for (let files = 0; files < most - 1; files++) await customer().upload(there, { ...chatLog, bytes: Buffer.from(`message ${files}`) });
    const files = (await intake.files()).length;
    const last = await Promise.all([1, 2, 3].map((one) => customer().upload(there, { ...chatLog, bytes: Buffer.from(`last ${one}`) })));
    expect(last.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(last.find(({ status }) => status === 409)!.body).toMatchObject({ code: 'quota-used-up', facts: { files: most } });
    expect((await intake.told(`complaint-${own}`)).filter((type) => type === 'EvidenceListed')).toHaveLength(most);
    expect(await intake.files()).toHaveLength(files + 1);
  });
});

describe('The limits of a platform', () => {
  const limited = (given: LimitsGiven) => jest.spyOn(intake.app.get(TenantLimits), 'of').mockReturnValue(limitsWith(usualLimits, given));
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('bound one file, also while it comes in', async () => {
    limited({ sizes: { evidenceBytes: 1_000 } });
    const files = (await intake.files()).length;
    expect(await customer().upload(url, { ...chatLog, bytes: Buffer.alloc(1_001, 0x61) })).toMatchObject({
      status: 413,
      body: { code: 'file-too-large' },
    });
    expect(await intake.files()).toHaveLength(files);
    expect(await customer().upload(url, { ...chatLog, bytes: Buffer.alloc(1_000, 0x61) })).toMatchObject({ status: 201 });
  });
  it('may be wider than usual', async () => {
    limited({ sizes: { evidenceBytes: usualLimits.sizes.evidenceBytes + 1 } });
    const { url: there } = await another();
    const bytes = Buffer.alloc(usualLimits.sizes.evidenceBytes + 1, 0x61);
    expect(await customer().upload(there, { ...chatLog, bytes })).toMatchObject({ status: 201, body: { size: bytes.length } });
  });
  it('bound the files and bytes of one complaint', async () => {
    limited({ quotas: { evidenceFilesPerMatter: 2, evidenceBytesPerMatter: 100 } });
    const { url: there } = await another();
    const give = (length: number) => customer().upload(there, { ...chatLog, bytes: Buffer.alloc(length, 0x61) });
    expect((await give(60)).status).toBe(201);
    expect(await give(41)).toMatchObject({ status: 409, body: { code: 'quota-used-up', facts: { files: 2, bytes: 100 } } });
    expect((await give(40)).status).toBe(201);
    expect(await give(1)).toMatchObject({ status: 409, body: { code: 'quota-used-up' } });
  });
  it('bound what all its customers give in a day, and those of another platform are not touched', async () => {
    const { url: there } = await another();
    await customer().upload(there, chatLog);
    await intake.views.caughtUp();
    limited({ quotas: { evidenceBytesPerDay: 1 } });
    const files = (await intake.files()).length;
    const refused = await customer().upload(there, chatLog);
    expect(refused).toMatchObject({ status: 429, body: { code: 'uploads-used-up-today', facts: { bytes: 1 } } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await intake.files()).toHaveLength(files);
    limited({ quotas: { evidenceBytesPerDay: 10_000 } });
    const other = intake.as({ sub: 'cus-7', role: 'customer', tenant: 'tidepay' });
    const { body } = await other.post('/v1/complaints', { channel: 'app', narrative: { text: 'x' } });
    expect(await other.upload(`/v1/complaints/${body.matter}/evidence`, chatLog)).toMatchObject({ status: 201 });
  });
});

describe('Redacting', () => {
  it('gives a new version; the original stays in the vault and is shown to nobody any more at the desk', async () => {
    const { url: there } = await another();
    const original = (await customer().upload(there, chatLog)).body.evidence;
    const redacted = { bytes: Buffer.from('02:10 ███：您好\n'), type: 'text/plain', fields: { why: 'third-party-data' } };
    const { status, body } = await agent().upload(`/v1/evidence/${original}/redactions`, redacted);
    expect(status).toBe(201);
    expect(body).toMatchObject({ redacts: original, kind: 'chat-log', from: 'complainant' });
    expect((await agent().get(`/v1/evidence/${original}`)).body).toMatchObject({
      state: 'redacted',
      redacted: { to: body.evidence, why: 'third-party-data' },
    });
    expect(await supervisor().get(`/v1/evidence/${original}/content?purpose=handling-complaint`)).toMatchObject({
      status: 409,
      body: { code: 'evidence-is-redacted' },
    });
    expect((await customer().download(`/v1/evidence/${body.evidence}/content?purpose=own-data`)).bytes.toString()).toBe(
      '02:10 ███：您好\n',
    );
    expect((await customer().get(there)).body.items).toMatchObject([
      { evidence: original, redactedTo: body.evidence },
      { evidence: body.evidence, redacts: original },
    ]);
    expect((await intake.files()).some(({ path }) => basename(path) === original)).toBe(true);
  });
  it('leaves the original sealed to the privacy officer, with a purpose and recorded', async () => {
    const officer = intake.as({ sub: 'dpo-1', role: 'privacy-officer', tenant: 'quanpay' });
    const { matter: own, url: there } = await another();
    const original = (await customer().upload(there, chatLog)).body.evidence;
    const redacted = { bytes: Buffer.from('█'), type: 'text/plain', fields: { why: 'court-order' } };
    expect((await supervisor().upload(`/v1/evidence/${original}/redactions`, redacted)).status).toBe(201);
    const content = `/v1/evidence/${original}/content`;
    for (const somebody of [customer(), agent(), supervisor()])
      for (const purpose of ['own-data', 'handling-complaint', 'audit'])
        expect((await somebody.download(`${content}?purpose=${purpose}`)).bytes.includes(chat)).toBe(false);
    expect((await officer.download(content)).status).toBe(400);
    expect((await officer.download(`${content}?purpose=handling-complaint`)).status).toBe(403);
    expect((await officer.download(`${content}?purpose=own-data`)).bytes.equals(chat)).toBe(true);
    expect((await intake.store.readStream(`opening-${own}`)).at(-1)).toMatchObject({
      by: { actor: 'dpo-1' },
      data: { purpose: 'own-data' },
    });
    const elsewhere = intake.as({ sub: 'dpo-2', role: 'privacy-officer', tenant: 'tidepay' });
    expect(await elsewhere.get(`${content}?purpose=own-data`)).toMatchObject({ status: 404 });
  });
  it('twice is refused: the last version is redacted further', async () => {
    const { url: there } = await another();
    const original = (await customer().upload(there, chatLog)).body.evidence;
    const redacted = { bytes: Buffer.from('█'), type: 'text/plain', fields: { why: 'card-data' } };
    await agent().upload(`/v1/evidence/${original}/redactions`, redacted);
    const files = (await intake.files()).length;
    expect(await agent().upload(`/v1/evidence/${original}/redactions`, redacted)).toMatchObject({
      status: 409,
      body: { code: 'evidence-is-redacted' },
    });
    expect(await intake.files()).toHaveLength(files);
  });
  it('is not for the customer', async () => {
    const { url: there } = await another();
    const original = (await customer().upload(there, chatLog)).body.evidence;
    expect(await customer().upload(`/v1/evidence/${original}/redactions`, { ...chatLog, fields: { why: 'not-relevant' } })).toMatchObject({
      status: 403,
    });
  });
});

describe('Setting aside', () => {
  it('keeps it from everybody, and says so in the complaint', async () => {
    const { url: there } = await another();
    const { evidence } = (await customer().upload(there, chatLog)).body;
    expect(await supervisor().post(`/v1/evidence/${evidence}/clearance`)).toMatchObject({ status: 201, body: { state: 'cleared' } });
    expect(await agent().post(`/v1/evidence/${evidence}/quarantine`, { why: 'malicious-content' })).toMatchObject({
      status: 201,
      body: { state: 'quarantined', quarantined: { why: 'malicious-content' } },
    });
    expect(await supervisor().get(`/v1/evidence/${evidence}/content?purpose=handling-complaint`)).toMatchObject({
      status: 409,
      body: { code: 'evidence-is-quarantined' },
    });
    expect((await customer().get(there)).body.items).toMatchObject([{ evidence, setAside: 'malicious-content' }]);
    expect(await supervisor().post(`/v1/evidence/${evidence}/clearance`)).toMatchObject({
      status: 409,
      body: { code: 'evidence-is-quarantined' },
    });
  });
});

describe('Erased evidence', () => {
  it('is gone for everybody, while its hash and history remain', async () => {
    const { url: there } = await another();
    const { evidence } = (await customer().upload(there, chatLog)).body;
    const [record] = await intake.store.readStream(`evidence-${evidence}`);
    expect((await intake.files()).some(({ path }) => basename(path) === evidence)).toBe(true);
    await intake.destroyKey((record!.data['content'] as { key: string }).key);
    expect(await agent().get(`/v1/evidence/${evidence}/content?purpose=handling-complaint`)).toMatchObject({
      status: 410,
      body: { code: 'evidence-is-erased' },
    });
    expect((await agent().get(`/v1/evidence/${evidence}?purpose=handling-complaint`)).body).toMatchObject({
      h: record!.data['h'],
      name: { sealed: 'evidence-name', erased: { at: expect.any(String), order: 'order-1' } },
    });
    // The service hears of it by itself: the file goes, the name and every other group of the matter go, other people's files stay.
    await until(async () => !(await intake.files()).some(({ path }) => basename(path) === evidence));
    expect((await intake.files()).length).toBeGreaterThan(0);
    await until(async () => (await intake.store.blobs([record!.sealed![0]!.id])).size === 0);
    expect((await agent().get(`/v1/evidence/${evidence}/content?purpose=handling-complaint`)).status).toBe(410);
    expect(await intake.told(`evidence-${evidence}`)).toEqual(['EvidenceReceived']);
  });
});

describe('The vault', () => {
  it('gives nothing out when the file was changed under it', async () => {
    const { url: there } = await another();
    const { evidence } = (await customer().upload(there, chatLog)).body;
    const { path, bytes } = (await intake.files()).find((file) => basename(file.path) === evidence)!;
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    const answer = await customer().download(`/v1/evidence/${evidence}/content?purpose=own-data`);
    expect(answer.status).toBe(500);
    expect(answer.bytes.includes(chat)).toBe(false);
  });
});
