/** Why somebody does not get in. The edge turns it into a problem document in the caller's language. */
export type AccessCode =
  | 'token-missing'
  | 'token-invalid'
  | 'token-expired'
  | 'login-too-old'
  | 'login-too-weak'
  | 'role-not-allowed'
  | 'tenant-unknown'
  | 'tenant-closed'
  | 'issuer-unreachable';

type Headers = Readonly<Record<string, string>>;

const answers: Readonly<Record<AccessCode, readonly [status: number, headers: Headers]>> = {
  'token-missing': [401, { 'www-authenticate': 'Bearer' }],
  'token-invalid': [401, { 'www-authenticate': 'Bearer error="invalid_token"' }],
  'token-expired': [401, { 'www-authenticate': 'Bearer error="invalid_token", error_description="expired"' }],
  'login-too-old': [401, { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' }],
  'login-too-weak': [401, { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' }],
  'role-not-allowed': [403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }],
  'tenant-unknown': [403, {}],
  'tenant-closed': [403, {}],
  'issuer-unreachable': [503, { 'retry-after': '5' }],
};

export class AccessRefused extends Error {
  readonly status: number;
  readonly headers: Headers;

  constructor(
    readonly code: AccessCode,
    cause?: unknown,
    headers?: Headers,
  ) {
    super(code, { cause });
    const [status, usual] = answers[code];
    this.status = status;
    this.headers = headers ?? usual;
  }
}
