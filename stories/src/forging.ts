import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export type Claims = Readonly<Record<string, unknown>>;
type Changes = { readonly header?: Claims; readonly foreignKey?: boolean };

const encoded = (value: Claims): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What a token says of its bearer. */
export const claimsOf = (token: string): Claims => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;

/** Makes tokens with the very key of a house's issuer, so that each can be wrong in one thing and right in all others. */
export class Forge {
  private readonly own: KeyObject;
  private readonly foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  private readonly kid: string;

  constructor(home: string) {
    const { keys } = JSON.parse(fs.readFileSync(path.join(home, 'issuer', 'keys.json'), 'utf8')) as { keys: [{ kid: string }] };
    this.kid = keys[0].kid;
    this.own = createPrivateKey({ key: keys[0], format: 'jwk' });
  }

  token(claims: Claims, { header = {}, foreignKey = false }: Changes = {}): string {
    const text = `${encoded({ alg: 'ES256', typ: 'at+jwt', kid: this.kid, ...header })}.${encoded(claims)}`;
    const key = foreignKey ? this.foreign : this.own;
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }
}
