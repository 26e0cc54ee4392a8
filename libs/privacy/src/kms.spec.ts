import { CreateAliasCommand, CreateKeyCommand, DisableKeyCommand, KMSClient, UpdateAliasCommand } from '@aws-sdk/client-kms';
import { afterAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsKms, fileKms, KeysUnreachable, vaultKms, WrappingBroken, WrongKek, type Kms } from './index.js';
import { startMoto, startTransit, type Moto, type TransitServer } from './testing.js';

const folder = mkdtempSync(join(tmpdir(), 'recourse-kms-'));
const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterAll(async () => {
  for (const close of closers) await close();
});

/** A keeper of keys, and what one can do to his keys. */
type Rig = { readonly kms: Kms; rotate(): Promise<void>; /** The first key is not to be had any more. */ withoutTheFirst(): Promise<Kms> };

let files = 0;
const keyFile = (): string => join(folder, `kek-${(files += 1)}`);
let changes = 0;
const write = (file: string, ...lines: readonly string[]): void => {
  writeFileSync(file, `${lines.join('\n')}\n`);
  changes += 1;
  utimesSync(file, changes, changes);
};
const drawn = (): string => randomBytes(32).toString('base64url');

const fileRig = async (): Promise<Rig> => {
  const [file, first, second] = [keyFile(), drawn(), drawn()];
  write(file, first);
  return {
    kms: fileKms(file, 0),
    rotate: async () => write(file, first, `${second} current`),
    withoutTheFirst: async () => {
      write(file, second);
      return fileKms(file, 0);
    },
  };
};

const moto: Moto | undefined = await startMoto('The contract of AWS KMS');
if (moto) closers.push(() => moto.close());
const credentials = { accessKeyId: 'anybody', secretAccessKey: 'anything' };
const awsOf = ({ url: endpoint, region }: Moto) => {
  const client = new KMSClient({ endpoint, region, credentials });
  closers.push(() => client.destroy());
  return { client, options: { endpoint, region, credentials } };
};
let aliases = 0;
const awsRig = async (): Promise<Rig> => {
  const { client, options } = awsOf(moto!);
  const alias = `alias/recourse-${(aliases += 1)}`;
  const made = async () => (await client.send(new CreateKeyCommand({}))).KeyMetadata!.KeyId!;
  const first = await made();
  await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: first }));
  const kms = await awsKms({ key: alias, ...options });
  return {
    kms,
    rotate: async () => void (await client.send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: await made() }))),
    // AWS never forgets a key that is asked for by its ARN; another region does not know it.
    withoutTheFirst: () => awsKms({ key: alias, ...options, region: 'eu-west-1' }),
  };
};

let transit: TransitServer | undefined;
let keys = 0;
const vaultOf = async (key: string) => {
  if (!transit) {
    const started = (transit = await startTransit({ namespace: 'wallets' }));
    closers.push(() => started.close());
    write(join(folder, 'token'), started.token);
  }
  return vaultKms({ address: transit.url, tokenFile: join(folder, 'token'), namespace: 'wallets', key, limits: { answer: 300, again: 1 } });
};
const vaultRig = async (): Promise<Rig> => {
  const key = `recourse-${(keys += 1)}`;
  const kms = await vaultOf(key);
  transit!.makeKey(key);
  return {
    kms,
    rotate: async () => transit!.rotate(key),
    withoutTheFirst: async () => {
      transit!.forgetBefore(key, 2);
      return kms;
    },
  };
};

const binding = { id: '01890a5d-ac96-774b-bcce-b302099a8057', aad: Buffer.from('whose it is') };
const another = { ...binding, aad: Buffer.from('whose else') };
const secret = randomBytes(32);

const keepers = [
  { keeper: 'a file', rig: fileRig, here: true },
  { keeper: 'AWS KMS', rig: awsRig, here: moto !== undefined },
  { keeper: 'Vault transit', rig: vaultRig, here: true },
];

for (const { keeper, rig, here } of keepers)
  (here ? describe : describe.skip)(`Keys in ${keeper}`, () => {
    it('wrap and unwrap, never the same bytes twice', async () => {
      const { kms } = await rig();
      const [one, other] = [await kms.wrap(secret, binding), await kms.wrap(secret, binding)];
      expect(Buffer.from(one.wrapped).equals(other.wrapped)).toBe(false);
      expect(Buffer.from(one.wrapped).includes(secret)).toBe(false);
      expect(one.kek).toBe(await kms.current());
      for (const { kek, wrapped } of [one, other]) expect(await kms.unwrap(kek, wrapped, binding)).toEqual(secret);
    });

    it('unwrap nothing for another owner, and nothing that was changed', async () => {
      const { kms } = await rig();
      const { kek, wrapped } = await kms.wrap(secret, binding);
      const changed = Buffer.from(wrapped);
      changed[changed.length - 5]! ^= 1;
      await expect(kms.unwrap(kek, wrapped, another)).rejects.toThrow(WrappingBroken);
      await expect(kms.unwrap(kek, changed, binding)).rejects.toThrow(WrappingBroken);
      await expect(kms.unwrap(kek, wrapped.subarray(0, -12), binding)).rejects.toThrow(WrappingBroken);
      await expect(kms.rewrap(kek, wrapped, another)).rejects.toThrow(WrappingBroken);
    });

    it('rotated wrap under a new name, and what was wrapped before stays readable and can be wrapped anew', async () => {
      const { kms, rotate } = await rig();
      const before = await kms.wrap(secret, binding);
      await rotate();
      const current = await kms.current();
      expect(current).not.toBe(before.kek);
      expect(await kms.unwrap(before.kek, before.wrapped, binding)).toEqual(secret);
      const anew = await kms.rewrap(before.kek, before.wrapped, binding);
      expect(anew.kek).toBe(current);
      expect(await kms.unwrap(anew.kek, anew.wrapped, binding)).toEqual(secret);
    });

    it('that are gone are an alarm of the house, not a broken wrapping, and what was wrapped anew does not need them', async () => {
      const { kms, rotate, withoutTheFirst } = await rig();
      const before = await kms.wrap(secret, binding);
      await rotate();
      const anew = await kms.rewrap(before.kek, before.wrapped, binding);
      const left = await withoutTheFirst();
      await expect(left.unwrap(before.kek, before.wrapped, binding)).rejects.toThrow(WrongKek);
      await expect(left.unwrap('somebody-else', before.wrapped, binding)).rejects.toThrow(KeysUnreachable);
      if (keeper !== 'AWS KMS') expect(await left.unwrap(anew.kek, anew.wrapped, binding)).toEqual(secret);
    });
  });

/** Takes connections and never answers. */
const silent = async (): Promise<string> => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => [...sockets.map((socket) => socket.destroy()), server.close()]);
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
};

describe('A keeper of keys who is away', () => {
  it('is the same fault of the house for AWS and for Vault, whether he refuses the connection or only never answers', async () => {
    const nowhere = 'http://127.0.0.1:1';
    write(join(folder, 'some-token'), 'token');
    for (const address of [nowhere, await silent()]) {
      const limits = { connect: 200, answer: 200, whole: 500, again: 1 };
      const aws = await awsKms({ key: 'alias/recourse', region: 'eu-central-1', endpoint: address, credentials, limits });
      const vault = vaultKms({ address, tokenFile: join(folder, 'some-token'), key: 'recourse', limits });
      for (const kms of [aws, vault]) {
        await expect(kms.wrap(secret, binding)).rejects.toThrow(KeysUnreachable);
        await expect(kms.current()).rejects.toThrow(KeysUnreachable);
      }
      await expect(aws.unwrap('arn:aws:kms:eu-central-1:1:key/x', secret, binding)).rejects.toThrow(KeysUnreachable);
      await expect(vault.unwrap('vault:transit/recourse:v1', secret, binding)).rejects.toThrow(KeysUnreachable);
      aws.close();
    }
  });
});

(moto ? describe : describe.skip)('AWS KMS', () => {
  it('says in one sentence which key is missing or switched off', async () => {
    const { client, options } = awsOf(moto!);
    const missing = await awsKms({ key: 'alias/nobody', ...options });
    await expect(missing.current()).rejects.toThrow(/AWS KMS says NotFoundException about alias\/nobody\.$/);
    const { KeyId } = (await client.send(new CreateKeyCommand({}))).KeyMetadata!;
    await client.send(new DisableKeyCommand({ KeyId: KeyId! }));
    await expect((await awsKms({ key: KeyId!, ...options })).current()).rejects.toThrow(/of AWS KMS is Disabled\.$/);
  });
});

describe('Vault', () => {
  it('that is sealed or moody for a moment is asked again; that stays so is a fault of the house', async () => {
    const { kms } = await vaultRig();
    const { kek, wrapped } = await kms.wrap(secret, binding);
    transit!.mood = 'moody';
    expect(await kms.unwrap(kek, wrapped, binding)).toEqual(secret);
    for (const mood of ['sealed', 'silent'] as const) {
      transit!.mood = mood;
      await expect(kms.unwrap(kek, wrapped, binding)).rejects.toThrow(KeysUnreachable);
    }
    transit!.mood = 'well';
  });

  it('says in one sentence that a key is missing, is not derived, or that the token is wrong', async () => {
    const missing = await vaultOf('nobody');
    await expect(missing.current()).rejects.toThrow(
      /Vault does not show the key transit\/nobody \(404\): is it there, and may the token read it\.$/,
    );
    transit!.makeKey('plain', { derived: false });
    await expect((await vaultOf('plain')).current()).rejects.toThrow(/transit\/plain of Vault is not a derived one/);
    const { kms } = await vaultRig();
    const { kek, wrapped } = await kms.wrap(secret, binding);
    write(join(folder, 'token'), 'another');
    await expect(kms.unwrap(kek, wrapped, binding)).rejects.toThrow(/Vault refuses to decrypt with .* \(403\)\.$/);
    rmSync(join(folder, 'token'));
    await expect(kms.unwrap(kek, wrapped, binding)).rejects.toThrow(/the file with the token for Vault .* cannot be read\.$/);
    write(join(folder, 'token'), transit!.token);
    expect(await kms.unwrap(kek, wrapped, binding)).toEqual(secret);
  });

  it('wraps anew by itself: the secret does not come here for it', async () => {
    const { kms, rotate } = await vaultRig();
    const { kek, wrapped } = await kms.wrap(secret, binding);
    await rotate();
    transit!.asked.length = 0;
    await kms.rewrap(kek, wrapped, binding);
    expect(transit!.asked).toEqual(['rewrap']);
  });
});
