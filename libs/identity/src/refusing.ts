/** Why somebody does not get in. The edge turns it into a problem document in the caller's language. */
export type AccessCode = 'token-missing' | 'token-invalid' | 'token-expired' | 'role-not-allowed' | 'issuer-unreachable';

const statuses: Record<AccessCode, number> = {
  'token-missing': 401,
  'token-invalid': 401,
  'token-expired': 401,
  'role-not-allowed': 403,
  'issuer-unreachable': 503,
};

const headersOf: Record<AccessCode, Readonly<Record<string, string>>> = {
  'token-missing': { 'www-authenticate': 'Bearer' },
  'token-invalid': { 'www-authenticate': 'Bearer error="invalid_token"' },
  'token-expired': { 'www-authenticate': 'Bearer error="invalid_token", error_description="expired"' },
  'role-not-allowed': { 'www-authenticate': 'Bearer error="insufficient_scope"' },
  'issuer-unreachable': { 'retry-after': '5' },
};

export class AccessRefused extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: AccessCode,
    cause?: unknown,
  ) {
    super(code, { cause });
    this.status = statuses[code];
    this.headers = headersOf[code];
  }
}
