import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wholeOf } from '@recourse/privacy';
import { startMoto } from '@recourse/privacy/testing';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { drawnAt, EvidenceDamaged, VaultFull, type EvidenceVault } from './vault.js';
import { FolderVault } from './vault.disk.js';
import { S3Vault } from './vault.s3.js';

const moto = await startMoto('The vault in S3');
const folder = await mkdtemp(join(tmpdir(), 'recourse-vault-'));
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
afterAll(async () => {
  await moto?.close();
  await rm(folder, { recursive: true, force: true });
});

const bucketOf = async (bucket: string, more = {}): Promise<EvidenceVault & { onModuleInit(): Promise<void> }> =>
  S3Vault.open({ bucket, region: moto!.region, endpoint: moto!.url, credentials, ...more });

const vaults: [string, () => Promise<EvidenceVault & { onModuleInit(): Promise<void> }>][] = [
  ['a folder', async () => new FolderVault(folder)],
  ...(moto ? [['S3', () => bucketOf('evidence')] as [string, () => ReturnType<typeof bucketOf>]] : []),
];

const place = () => ({ tenant: 'quanpay', id: uuid() });
async function* pieces(bytes: Uint8Array, fails = false) {
  for (let at = 0; at < bytes.length; at += 65_552) yield bytes.subarray(at, at + 65_552);
  if (fails) throw new Error('broken off');
}
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url');

let s3: S3Client;
beforeAll(async () => {
  if (!moto) return;
  s3 = new S3Client({ region: moto.region, endpoint: moto.url, credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'evidence', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }));
});
afterAll(() => s3?.destroy());

describe.each(vaults)('A vault in %s', (_name, make) => {
  let vault: Awaited<ReturnType<typeof make>>;
  beforeAll(async () => {
    vault = await make();
    await vault.onModuleInit();
  });

  it.each([0, 1, 65_552, 5_242_880, 5_242_881, 12_000_000])(
    'keeps %i bytes, says their hash, and gives any span of them',
    async (length) => {
      const [where, bytes] = [place(), randomBytes(length)];
      const kept = await vault.keep(where, pieces(bytes));
      expect(kept).toEqual({ h: sha256(bytes), n: length });
      const file = await vault.open({ ...where, h: kept.h });
      expect(file.length).toBe(length);
      if (length === 0) return;
      expect((await wholeOf(file.read({ from: 0, to: length }))).equals(bytes)).toBe(true);
      for (const [from, to] of [
        [0, 1],
        [length - 1, length],
        [Math.floor(length / 3), Math.ceil(length / 2)],
      ] as const)
        if (from < to) expect((await wholeOf(file.read({ from, to }))).equals(bytes.subarray(from, to))).toBe(true);
    },
  );

  it.each([10, 8_000_000])('keeps nothing of %i bytes that were broken off', async (length) => {
    const where = place();
    await expect(vault.keep(where, pieces(randomBytes(length), true))).rejects.toThrow('broken off');
    await expect(vault.open({ ...where, h: sha256(Buffer.alloc(0)) })).rejects.toThrow(EvidenceDamaged);
  });

  it('holds a file apart from that of another tenant under the same id', async () => {
    const one = place();
    const { h } = await vault.keep(one, pieces(Buffer.from('one')));
    await vault.keep({ ...one, tenant: 'tidepay' }, pieces(Buffer.from('two')));
    await vault.forget({ ...one, tenant: 'tidepay' });
    expect((await wholeOf((await vault.open({ ...one, h })).read({ from: 0, to: 3 }))).toString()).toBe('one');
  });

  it('lets go of a file, also when it is not there', async () => {
    const where = place();
    const { h } = await vault.keep(where, pieces(Buffer.from('gone')));
    await vault.forget(where);
    await vault.forget(where);
    await expect(vault.open({ ...where, h })).rejects.toThrow(EvidenceDamaged);
  });

  it('names what lies there, of every tenant, by when its name was drawn', async () => {
    const old = { tenant: 'harbour', id: uuid({ msecs: 1_700_000_000_000 }) };
    const older = { tenant: 'quanpay', id: uuid({ msecs: 1_699_999_999_999 }) };
    for (const where of [old, older]) await vault.keep(where, pieces(Buffer.from('old')));
    const between = async (from: number, to: number) => {
      const found = [];
      for await (const { tenant, id } of vault.lying(from, to)) found.push(`${tenant}/${id}`);
      return found.sort();
    };
    expect(await between(1_700_000_000_000, 1_700_000_000_001)).toEqual([`harbour/${old.id}`]);
    expect(await between(0, 1_700_000_000_000)).toEqual([`quanpay/${older.id}`]);
    expect(await between(0, 1_700_000_000_001)).toEqual([`harbour/${old.id}`, `quanpay/${older.id}`]);
    expect(drawnAt(old.id)).toBe(1_700_000_000_000);
  });

  it('keeps many at once', async () => {
    const files = Array.from({ length: 12 }, () => ({ where: place(), bytes: randomBytes(300_000) }));
    const kept = await Promise.all(files.map(({ where, bytes }) => vault.keep(where, pieces(bytes))));
    expect(kept.map(({ h }) => h)).toEqual(files.map(({ bytes }) => sha256(bytes)));
  });
});

describe('A vault in a folder', () => {
  it('leaves no unfinished file behind what was broken off', async () => {
    const vault = new FolderVault(folder);
    await vault.keep(place(), pieces(randomBytes(10), true)).catch(() => undefined);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
  it('that cannot be written stops the start, and refuses what comes later', async () => {
    const closed = join(folder, 'closed');
    const vault = new FolderVault(closed);
    await vault.onModuleInit();
    await writeFile(join(folder, 'a-file'), 'in the way');
    await expect(new FolderVault(join(folder, 'a-file', 'evidence')).onModuleInit()).rejects.toThrow(/RECOURSE_EVIDENCE_DIR/);
    if (process.getuid?.() === 0) return;
    await chmod(closed, 0o500);
    await expect(vault.keep(place(), pieces(Buffer.from('a')))).rejects.toThrow(VaultFull);
  });
});

(moto ? describe : describe.skip)('A vault in S3', () => {
  it('leaves no parts behind what was broken off', async () => {
    const vault = await bucketOf('evidence');
    await vault.keep(place(), pieces(randomBytes(11_000_000), true)).catch(() => undefined);
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: 'evidence' }));
    expect(Uploads).toEqual([]);
  });
  it('lets go of parts whose upload nobody ended', async () => {
    const vault = await bucketOf('evidence');
    await s3.send(new CreateMultipartUploadCommand({ Bucket: 'evidence', Key: 'quanpay/unfinished' }));
    const unfinished = async () => (await s3.send(new ListMultipartUploadsCommand({ Bucket: 'evidence' }))).Uploads?.length ?? 0;
    await vault.clear(0);
    expect(await unfinished()).toBe(1);
    await vault.clear(Date.now() + 3_600_000);
    expect(await unfinished()).toBe(0);
  });
  it('asks for the encryption that was configured, and S3 keeps a checksum', async () => {
    const vault = await bucketOf('evidence', { encryption: { kmsKey: 'arn:aws:kms:eu-central-1:123456789012:key/evidence' } });
    const where = place();
    await vault.keep(where, pieces(Buffer.from('sealed')));
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'evidence', Key: `quanpay/${where.id}`, ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: expect.stringContaining('key/evidence') });
    expect(head.ChecksumSHA256).toBe(createHash('sha256').update('sealed').digest('base64'));
  });
  it('never writes a file twice', async () => {
    const [vault, where] = [await bucketOf('evidence'), place()];
    const { h } = await vault.keep(where, pieces(Buffer.from('first')));
    await expect(vault.keep(where, pieces(Buffer.from('other')))).rejects.toThrow(VaultFull);
    expect((await wholeOf((await vault.open({ ...where, h })).read({ from: 0, to: 5 }))).toString()).toBe('first');
  });
  it('stops the start when its bucket is not there, and refuses what comes later', async () => {
    const vault = await bucketOf('nowhere');
    await expect(vault.onModuleInit()).rejects.toThrow(/RECOURSE_EVIDENCE_BUCKET/);
    await expect(vault.keep(place(), pieces(Buffer.from('a')))).rejects.toThrow(VaultFull);
    await expect(vault.keep(place(), pieces(randomBytes(6_000_000)))).rejects.toThrow(VaultFull);
  });
});
