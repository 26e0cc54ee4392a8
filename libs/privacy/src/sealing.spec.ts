import { describe, expect, it } from '@jest/globals';
import { hashOf, opened, sealed, SealBroken, sealingOverhead, type Binding } from './sealing.js';

const counting = (from: number): Buffer => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i));
const dataKey = counting(0);
const salt = counting(32);
const binding: Binding = { form: 'field', id: '01890a5d-ac96-774b-bcce-b302099a8057', tenant: 'quanpay', group: 'narrative' };
const text = '{"text":"凌晨两点有人从我的数字钱包转走了1280元"}';
const blob = sealed(dataKey, binding, Buffer.from(text), salt);

describe('a sealed blob', () => {
  it('is what RFC 5869 and AES-256-GCM of another implementation make of the same input', () => {
    // Computed with HKDF and AESGCM of the Python package `cryptography`.
    expect(blob.toString('hex')).toBe(
      '01202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f37046d892e0fe89288cc38f074525897906da41f8ec0eda5f8ab6d271fb0734428' +
        '4ff29335ee601f366d3c490e145a64a6d1460a1cfe472f2595348e543541ed11e357f66bda417e3cfba8667a135f7f3de7a81683b8ce4be600ca3385227fbcdd1f' +
        '2df1a04be88d00be1f0b8c74a887487a',
    );
    expect(hashOf(blob)).toBe('hvMrkFsprUvM7yAkPjZHQpMaDH2NsGFchF0k1FVcFDU');
    expect(blob.length - Buffer.byteLength(text)).toBe(sealingOverhead);
    expect(opened(dataKey, binding, blob).toString()).toBe(text);
  });

  it('may be empty', () => {
    expect(opened(dataKey, binding, sealed(dataKey, binding, Buffer.alloc(0), salt))).toHaveLength(0);
  });

  it.each<[string, Partial<Binding>]>([
    ['entry', { id: '01890a5d-ac96-774b-bcce-b302099a8058' }],
    ['tenant', { tenant: 'tidepay' }],
    ['group', { group: 'complainant' }],
    ['form', { form: 'bytes' }],
  ])('does not open as if it belonged to another %s', (_, other) => {
    expect(() => opened(dataKey, { ...binding, ...other }, blob)).toThrow(SealBroken);
  });

  it('does not open when any one of its bytes was changed', () => {
    for (let at = 0; at < blob.length; at++) {
      const changed = Buffer.from(blob);
      changed[at]! ^= 0x01;
      expect(() => opened(dataKey, binding, changed)).toThrow(SealBroken);
    }
  });

  it('does not open when it is cut short or lengthened', () => {
    for (const length of [0, 1, sealingOverhead - 1, blob.length - 1])
      expect(() => opened(dataKey, binding, blob.subarray(0, length))).toThrow(SealBroken);
    expect(() => opened(dataKey, binding, Buffer.concat([blob, Buffer.of(0)]))).toThrow(SealBroken);
  });

  it('is committed to its key: with the ciphertext of another key it opens under neither', () => {
    const otherKey = counting(100);
    const other = sealed(otherKey, binding, Buffer.from(text), salt);
    const mixed = Buffer.concat([blob.subarray(0, 65), other.subarray(65)]);
    expect(() => opened(otherKey, binding, mixed)).toThrow(/committed to another key/);
    expect(() => opened(dataKey, binding, mixed)).toThrow(/bytes were changed/);
    expect(() => opened(otherKey, binding, blob)).toThrow(/committed to another key/);
  });
});
