import { afterAll, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseKeepers, differing, KeepersWrong, kmsWhenAsked, openKms, type Keepers, type WhichKek } from './index.js';
import { startTransit, type TransitServer } from './testing.js';

const folder = mkdtempSync(join(tmpdir(), 'recourse-choosing-'));
let transit: TransitServer | undefined;
afterAll(async () => {
  await transit?.close();
  rmSync(folder, { recursive: true, force: true });
});

const chosen = (environment: Record<string, string>, which: WhichKek = 'active'): Keepers => {
  const choice = chooseKeepers(environment, which);
  if ('complaints' in choice) throw new Error(choice.complaints.map(({ name, text }) => `${name} ${text}`).join('\n'));
  return choice.keepers;
};
const complaintsOf = (environment: Record<string, string>, which: WhichKek = 'active'): readonly string[] => {
  const choice = chooseKeepers(environment, which);
  return 'complaints' in choice ? choice.complaints.map(({ name, text }) => `${name} ${text}`) : [];
};
const fileWith = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const drawn = (byte: number): string => Buffer.alloc(32, byte).toString('base64url');

describe('Who keeps the wrapping keys', () => {
  it('is a file unless something else is said', () => {
    expect(chosen({ RECOURSE_KEK_FILE: '/run/kek' })).toEqual([{ kind: 'file', file: '/run/kek', named: 'RECOURSE_KEK_FILE' }]);
    expect(complaintsOf({})).toEqual(['RECOURSE_KEK_FILE is not set; expected the path of the file with the key that wraps the keys']);
    expect(complaintsOf({ RECOURSE_KEK_FILE: '/run/kek' }, 'restricted')).toEqual([
      'RECOURSE_RESTRICTED_KEK_FILE is not set; expected the path of the file with the key that wraps restricted data keys',
    ]);
  });

  it('is said by name, and everything that is missing for it at once', () => {
    expect(complaintsOf({ RECOURSE_KMS: 'gcp', RECOURSE_KEK_FILE: '/k' })).toEqual([
      'RECOURSE_KMS is "gcp"; expected one of file, aws, vault',
    ]);
    expect(complaintsOf({ RECOURSE_KMS: 'aws' }).map((one) => one.split(' ')[0])).toEqual(['RECOURSE_KMS_KEY', 'RECOURSE_KMS_REGION']);
    expect(complaintsOf({ RECOURSE_KMS: 'vault' }, 'restricted').map((one) => one.split(' ')[0])).toEqual([
      'RECOURSE_RESTRICTED_KMS_KEY',
      'RECOURSE_VAULT_ADDR',
      'RECOURSE_VAULT_TOKEN_FILE',
    ]);
    const aws = { RECOURSE_KMS: 'aws', RECOURSE_KMS_KEY: 'alias/recourse', AWS_REGION: 'eu-central-1' };
    expect(chosen(aws)).toEqual([{ kind: 'aws', key: 'alias/recourse', region: 'eu-central-1' }]);
  });

  it('is not spoken to in clear beyond this machine, and no password stands in an address', () => {
    const vault = { RECOURSE_KMS: 'vault', RECOURSE_KMS_KEY: 'recourse', RECOURSE_VAULT_TOKEN_FILE: '/run/token' };
    for (const address of ['http://vault.internal:8200', 'http://10.0.0.7:8200', 'https://me:pass@vault.internal', 'vault.internal'])
      expect(complaintsOf({ ...vault, RECOURSE_VAULT_ADDR: address })).toEqual([
        expect.stringMatching(/^RECOURSE_VAULT_ADDR is set to something else/),
      ]);
    for (const address of ['https://10.0.0.7:8200', 'http://127.0.0.1:8200', 'http://[::1]:8200'])
      expect(complaintsOf({ ...vault, RECOURSE_VAULT_ADDR: address })).toEqual([]);
    const aws = { RECOURSE_KMS: 'aws', RECOURSE_KMS_KEY: 'k', RECOURSE_KMS_REGION: 'r', RECOURSE_KMS_ENDPOINT: 'http://kms.internal' };
    expect(complaintsOf(aws)).toHaveLength(1);
  });
});

describe('Keys that cannot be used', () => {
  const binding = { id: 'one', aad: Buffer.from('whose') };

  it.each([
    ['a wrong line', () => fileWith('wrong', `${drawn(1)} current\nhalf-a-key\n`), /wrong does not hold a key: .* in line 2, /],
    [
      'no key that is current',
      () => fileWith('none', `${drawn(1)}\n${drawn(2)}\n`),
      /none holds 2 keys, and 0 of them are marked "current"/,
    ],
    ['nothing', () => fileWith('empty', '\n# nothing\n'), /empty does not hold a key/],
    ['no file at all', () => join(folder, 'nowhere'), /The key file .*nowhere cannot be read: there is none\.$/],
    [
      'a folder in its place',
      () => {
        mkdirSync(join(folder, 'directory'));
        return join(folder, 'directory');
      },
      /directory cannot be read: it is a folder\.$/,
    ],
  ])('because of %s are said in one sentence that names the variable', async (_why, file, sentence) => {
    const opening = openKms(chosen({ RECOURSE_KEK_FILE: file() }));
    await expect(opening).rejects.toThrow(KeepersWrong);
    await expect(opening).rejects.toThrow(/^RECOURSE_KEK_FILE: [^\n]*\.$/);
    await expect(opening).rejects.toThrow(sentence);
  });

  it('because this user may not read the file are said so', async () => {
    const file = fileWith('shut', drawn(1));
    chmodSync(file, 0o000);
    // Whoever is root may read everything: then there is nothing to complain of.
    const opening = openKms(chosen({ RECOURSE_KEK_FILE: file }));
    if (process.getuid?.() === 0) await expect(opening).resolves.toBeDefined();
    else await expect(opening).rejects.toThrow(/shut cannot be read: this user may not\.$/);
  });

  it('because restricted data keys would be wrapped by the one that services have are refused', async () => {
    const [one, other] = [fileWith('one', drawn(1)), fileWith('other', drawn(2))];
    const kms = await openKms(chosen({ RECOURSE_KEK_FILE: one }));
    const restricting = (file: string) => openKms(chosen({ RECOURSE_RESTRICTED_KEK_FILE: file }, 'restricted'));
    await expect(differing(kms, await restricting(one))).rejects.toThrow(
      /would be wrapped by the key that services use .*: give them another one\.$/,
    );
    await expect(differing(kms, await restricting(other))).resolves.toBeUndefined();
  });

  it('and are opened only when somebody needs them are asked for again once they can be', async () => {
    const file = join(folder, 'late');
    const kms = kmsWhenAsked(chosen({ RECOURSE_KEK_FILE: file }));
    await expect(kms.wrap(Buffer.from('secret'), binding)).rejects.toThrow(KeepersWrong);
    fileWith('late', drawn(5));
    const { kek, wrapped } = await kms.wrap(Buffer.from('secret'), binding);
    expect(await kms.unwrap(kek, wrapped, binding)).toEqual(Buffer.from('secret'));
  });

  it('are no obstacle once they have moved: what a file wrapped is unwrapped beside Vault, and wrapped anew by Vault', async () => {
    transit = await startTransit();
    transit.makeKey('recourse');
    const [file, token] = [fileWith('kek', drawn(7)), fileWith('token', transit.token)];
    const before = await (await openKms(chosen({ RECOURSE_KEK_FILE: file }))).wrap(Buffer.from('secret'), binding);
    const vault = {
      RECOURSE_KMS: 'vault',
      RECOURSE_KMS_KEY: 'recourse',
      RECOURSE_VAULT_ADDR: transit.url,
      RECOURSE_VAULT_TOKEN_FILE: token,
    };
    const both = await openKms(chosen({ ...vault, RECOURSE_KMS_BEFORE: 'file', RECOURSE_KEK_FILE: file }));
    expect(await both.unwrap(before.kek, before.wrapped, binding)).toEqual(Buffer.from('secret'));
    const anew = await both.rewrap(before.kek, before.wrapped, binding);
    expect(anew.kek).toBe(await both.current());
    expect(await (await openKms(chosen(vault))).unwrap(anew.kek, anew.wrapped, binding)).toEqual(Buffer.from('secret'));
  });
});
