import { afterAll, describe, expect, it } from '@jest/globals';
import { testIssuer } from '@recourse/identity/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DoorsModule } from './doors.testing.js';
import { doorsUnderTest } from './testing.js';

const folder = mkdtempSync(join(tmpdir(), 'recourse-issuers-'));
afterAll(() => rmSync(folder, { recursive: true }));
const listed = (text: string): string => {
  const file = join(folder, `${Math.abs([...text].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) | 0, 7))}.json`);
  writeFileSync(file, text);
  return file;
};
const doorsWith = (path: string) =>
  doorsUnderTest(DoorsModule, {
    service: 'doors',
    environment: { RECOURSE_ISSUERS: path, RECOURSE_ISSUER: '', RECOURSE_JWKS_URL: '' },
  });

describe('A service with a list of issuers', () => {
  it('takes the tokens of each of them, and of nobody else', async () => {
    const [one, other, stranger] = [await testIssuer(), await testIssuer(), await testIssuer()];
    const entry = ({ issuer }: { issuer: string }) => ({ issuer, tenants: '*', roles: ['agent'] });
    const doors = await doorsWith(listed(JSON.stringify([entry(one), entry(other)])));
    const asked = async (issuer: typeof one, role: 'agent' | 'platform' = 'agent'): Promise<number> => {
      const authorization = `Bearer ${await issuer.token({ role })}`;
      return (await doors.app.inject({ url: '/v1/letters', headers: { authorization } })).statusCode;
    };
    expect([await asked(one), await asked(other), await asked(stranger), await asked(one, 'platform')]).toEqual([200, 200, 401, 401]);
    await doors.close();
    await Promise.all([one.close(), other.close(), stranger.close()]);
  });

  it.each([
    ['{}', 'RECOURSE_ISSUERS cannot be taken. The list of issuers must be a JSON array'],
    ['[{ "issuer": "https://a.example", "tenants": "*", "roles": ["root"] }]', 'Issuer 1 does not say for which roles it speaks'],
  ])('does not start with a list that cannot be taken: %s', async (text, sentence) => {
    await expect(doorsWith(listed(text))).rejects.toThrow(sentence);
  });

  it('does not start without the file', async () => {
    await expect(doorsWith(join(folder, 'none.json'))).rejects.toThrow('the file that RECOURSE_ISSUERS names cannot be read (ENOENT)');
  });
});
