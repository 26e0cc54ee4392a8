import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DoorsModule } from '../doors.testing.js';
import { doorsUnderTest, type DoorsUnderTest } from '../testing.js';

let doors: DoorsUnderTest;
beforeAll(async () => {
  doors = await doorsUnderTest(DoorsModule, { service: 'doors', environment: { RECOURSE_LOG_LEVEL: 'fatal' } });
});
afterAll(() => doors.close());

describe('Every answer', () => {
  it.each(['/v1/trace', '/v1/letters', '/v1/nothing', '/v1/broken/error', '/livez', '/openapi.json'])(
    'makes a browser careful: %s',
    async (url) => {
      const { headers } = await doors.app.inject(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
    },
  );

  it('lets the reader of the API document run its own scripts, and nobody else’s', async () => {
    const { headers } = await doors.app.inject('/docs');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers['content-security-policy']).not.toContain('unsafe-eval');
  });

  it('asks for TLS for ever where there is TLS, said by a proxy we trust', async () => {
    expect((await doors.app.inject('/livez')).headers).not.toHaveProperty('strict-transport-security');
    const { headers } = await doors.app.inject({ url: '/livez', headers: { 'x-forwarded-proto': 'https' } });
    expect(headers['strict-transport-security']).toBe('max-age=31622400; includeSubDomains');
    const stranger = await doors.app.inject({ url: '/livez', headers: { 'x-forwarded-proto': 'https' }, remoteAddress: '198.51.100.1' });
    expect(stranger.headers).not.toHaveProperty('strict-transport-security');
  });
});

describe('Another site’s page', () => {
  const origin = 'https://elsewhere.example';
  it('is refused when it asks beforehand', async () => {
    const answer = await doors.app.inject({
      method: 'OPTIONS',
      url: '/v1/letters',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    expect([answer.statusCode, answer.json().code]).toEqual([405, 'method-not-allowed']);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('may not read what it asked for without asking', async () => {
    const token = await doors.issuer.token({ role: 'agent' });
    const answer = await doors.app.inject({ url: '/v1/letters', headers: { origin, authorization: `Bearer ${token}` } });
    expect(answer.statusCode).toBe(200);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});
