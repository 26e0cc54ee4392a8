/** Why a call had no answer. Messages of drivers carry addresses and stay here; these codes may be shown. */
export type CallFailure =
  | 'address-not-allowed'
  | 'name-not-found'
  | 'connection-refused'
  | 'connection-lost'
  | 'certificate-not-trusted'
  | 'no-answer-in-time'
  | 'answer-too-large'
  | 'not-sent';

/** An address that a name resolved to is none the internet can reach. */
export class NotPublic extends Error {
  readonly code = 'RECOURSE_NOT_PUBLIC';
}

/** The answer is longer than whoever asked wants to read. */
export class AnswerTooLarge extends Error {
  readonly code = 'RECOURSE_ANSWER_TOO_LARGE';
}

const failures: Readonly<Record<string, CallFailure>> = {
  RECOURSE_NOT_PUBLIC: 'address-not-allowed',
  RECOURSE_ANSWER_TOO_LARGE: 'answer-too-large',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ENODATA: 'name-not-found',
  ECONNREFUSED: 'connection-refused',
  EHOSTUNREACH: 'connection-refused',
  ENETUNREACH: 'connection-refused',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  UND_ERR_SOCKET: 'connection-lost',
  UND_ERR_HEADERS_OVERFLOW: 'answer-too-large',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'answer-too-large',
  UND_ERR_CONNECT_TIMEOUT: 'no-answer-in-time',
  UND_ERR_HEADERS_TIMEOUT: 'no-answer-in-time',
  UND_ERR_BODY_TIMEOUT: 'no-answer-in-time',
  ETIMEDOUT: 'no-answer-in-time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-not-trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-not-trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-not-trusted',
  CERT_HAS_EXPIRED: 'certificate-not-trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-not-trusted',
};

type Raised = { readonly name?: string; readonly code?: string; readonly cause?: unknown; readonly errors?: readonly unknown[] };

/** What failed, as a code. */
export const failureOf = (raised: unknown): CallFailure => {
  for (let one = raised; typeof one === 'object' && one !== null;) {
    const { name, code = '', cause, errors } = one as Raised;
    if (name === 'TimeoutError') return 'no-answer-in-time';
    const failure = failures[code];
    if (failure) return failure;
    one = cause ?? errors?.[0];
  }
  return 'not-sent';
};
