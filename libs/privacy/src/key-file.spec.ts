import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { drawnInto, fileKms, kekFrom, readKeks, WrappingBroken, WrongKek } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'recourse-kek-'));
const file = join(folder, 'kek');
afterAll(() => rmSync(folder, { recursive: true }));

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString('base64url');
const nameOf = (byte: number) => kekFrom(Buffer.alloc(32, byte)).name;
let changes = 0;
const write = (...lines: readonly string[]) => {
  writeFileSync(file, `${lines.join('\n')}\n`);
  changes += 1;
  utimesSync(file, changes, changes); // two changes within a clock's tick are still two
};
const binding = { id: '01890a5d-ac96-774b-bcce-b302099a8057', aad: Buffer.from('whose') };

describe('The key file', () => {
  it('holds 32 bytes in base64url, and anything else is refused in one sentence without showing it', () => {
    write(keyOf(7));
    expect(readKeks(file).current).toEqual(kekFrom(Buffer.alloc(32, 7)));
    write('not a key');
    expect(() => readKeks(file)).toThrow(/^.*kek does not hold a key: 32 bytes in base64url \(43 characters\) are expected\.$/);
    write('# nothing');
    expect(() => readKeks(file)).toThrow('does not hold a key');
  });

  it('may hold several keys with names, of which one is current', () => {
    write('# rotated in November', `2025 ${keyOf(1)}`, '', `2026 ${keyOf(2)} current`);
    const { current, all } = readKeks(file);
    expect(current.name).toBe(nameOf(2));
    expect([...all.keys()]).toEqual([nameOf(1), nameOf(2)]);
    write(keyOf(1), keyOf(2));
    expect(() => readKeks(file)).toThrow('holds 2 keys, and 0 of them are marked "current": exactly one wraps from now on.');
    write(`${keyOf(1)} current`, `${keyOf(2)} current`);
    expect(() => readKeks(file)).toThrow('2 of them are marked');
    write(keyOf(1), 'secret-of-somebody');
    expect(() => readKeks(file)).toThrow(/expected in line 2, after its name, before the word "current"\.$/);
  });
});

describe('A key that is drawn into a file', () => {
  it('stands below the others; the one that wraps goes on wrapping unless the new one shall', () => {
    write('# ours', `2025 ${keyOf(1)}`);
    const { name } = drawnInto(file, false);
    expect([readKeks(file).current.name, [...readKeks(file).all.keys()]]).toEqual([nameOf(1), [nameOf(1), name]]);
    const later = drawnInto(file, true);
    expect(later.keys).toBe(3);
    expect([readKeks(file).current.name, [...readKeks(file).all.keys()]]).toEqual([later.name, [nameOf(1), name, later.name]]);
    expect(readFileSync(file, 'utf8')).toMatch(/^# ours\n2025 \S{43}\n/);
  });
});

describe('Keys in a file', () => {
  it('change while they are in use: what is needed is looked up again, and what was wrapped before stays readable', async () => {
    write(keyOf(1));
    const kms = fileKms(file, 0);
    const secret = randomBytes(32);
    const older = await kms.wrap(secret, binding);
    write(keyOf(1), `${keyOf(2)} current`);
    const newer = await kms.wrap(secret, binding);
    expect([older.kek, newer.kek, await kms.current()]).toEqual([nameOf(1), nameOf(2), nameOf(2)]);
    for (const { kek, wrapped } of [older, newer]) expect(await kms.unwrap(kek, wrapped, binding)).toEqual(secret);
  });

  it('of an instance that has not looked since unwrap what another one wrapped with a newer key', async () => {
    write(keyOf(1));
    const before = fileKms(file, 3_600_000);
    write(keyOf(1), `${keyOf(2)} current`);
    const { kek, wrapped } = await fileKms(file).wrap(Buffer.from('secret'), binding);
    expect(await before.unwrap(kek, wrapped, binding)).toEqual(Buffer.from('secret'));
  });

  it('that is half written for a moment keep what was read before', async () => {
    write(keyOf(1));
    const kms = fileKms(file, 0);
    write('half a k');
    expect(await kms.current()).toBe(nameOf(1));
    rmSync(file);
    expect((await kms.wrap(Buffer.from('x'), binding)).kek).toBe(nameOf(1));
    write(keyOf(3));
    expect(await kms.current()).toBe(nameOf(3));
  });

  it('tell a key that is not here from bytes that were changed or belong to another row', async () => {
    write(keyOf(1));
    const kms = fileKms(file);
    const { kek, wrapped } = await kms.wrap(Buffer.from('secret'), binding);
    await expect(kms.unwrap(nameOf(9), wrapped, binding)).rejects.toThrow(WrongKek);
    await expect(kms.unwrap(kek, wrapped, { ...binding, aad: Buffer.from('another') })).rejects.toThrow(WrappingBroken);
    await expect(kms.unwrap(kek, wrapped.slice(0, -1), binding)).rejects.toThrow(WrappingBroken);
    await expect(kms.unwrap(kek, Buffer.from('x'), binding)).rejects.toThrow(WrappingBroken);
  });
});
