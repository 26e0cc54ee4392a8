import { isRole, roles, type Role } from './calling.js';

export const API_AUDIENCE = 'urn:recourse:api';

export const algorithms = ['ES256', 'ES384', 'EdDSA', 'PS256', 'RS256'] as const;
export type Algorithm = (typeof algorithms)[number];

/** Somebody whose tokens we take, and for whom he may speak. */
export type TrustedIssuer = {
  /** The `iss` that stands in tokens; behind a front door this is its public address. */
  readonly issuer: string;
  /** Where its keys are fetched, which may be another address than the public one. Without it they are found by discovery. */
  readonly jwksUrl?: string;
  /** Where its OpenID configuration stands, when not below `issuer`. */
  readonly discovery?: string;
  readonly tenants: '*' | readonly string[];
  readonly roles: readonly Role[];
  readonly algorithms: readonly Algorithm[];
  readonly audience: string;
  readonly typ: string;
};

/** One issuer who speaks for everybody, as a deployment with a single one has it. */
export const onlyIssuer = ({
  issuer,
  jwksUrl,
  audience = API_AUDIENCE,
}: {
  readonly issuer: string;
  readonly jwksUrl?: string | undefined;
  readonly audience?: string | undefined;
}): TrustedIssuer => ({ issuer, ...(jwksUrl && { jwksUrl }), tenants: '*', roles, algorithms: ['ES256'], audience, typ: 'at+jwt' });

/** The list of issuers cannot be taken as it is written; the message is a sentence that says where and why. */
export class IssuersWrong extends Error {}

/** Reads the list of trusted issuers, a JSON text `[{ issuer, tenants, roles, … }]`. */
export const trustedIssuers = (text: string): readonly TrustedIssuer[] => {
  const list = parsed(text);
  if (!Array.isArray(list) || list.length === 0)
    throw new IssuersWrong('The list of issuers must be a JSON array with at least one issuer.');
  const issuers = list.map((entry: unknown, index) => trusted(entry, `Issuer ${index + 1}`));
  const twice = issuers.find(({ issuer }, index) => issuers.findIndex((other) => other.issuer === issuer) !== index);
  if (twice) throw new IssuersWrong(`The issuer ${twice.issuer} is listed twice.`);
  return issuers;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new IssuersWrong('The list of issuers is not JSON.');
  }
};

const members = ['issuer', 'discovery', 'jwksUrl', 'tenants', 'roles', 'algorithms', 'audience', 'typ'];

const trusted = (entry: unknown, name: string): TrustedIssuer => {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw new IssuersWrong(`${name} is not an object.`);
  const { issuer, discovery, jwksUrl, tenants, roles: given, ...rest } = entry as Record<string, unknown>;
  const { algorithms: allowed = ['ES256'], audience = API_AUDIENCE, typ = 'at+jwt' } = rest;
  const say = (sentence: string) => new IssuersWrong(`${name} ${sentence}`);
  const unknown = Object.keys(entry).find((member) => !members.includes(member));
  if (unknown !== undefined) throw say(`has a member that means nothing here: ${unknown}.`);
  if (!isAddress(issuer)) throw say(`names no issuer that can be trusted: expected ${addressExpected}.`);
  if (discovery !== undefined && jwksUrl !== undefined) throw say('has both discovery and jwksUrl: one of them says where its keys are.');
  if (discovery !== undefined && !isAddress(discovery))
    throw say(`has a discovery address that cannot be used: expected ${addressExpected}.`);
  if (jwksUrl !== undefined && !isAddress(jwksUrl)) throw say(`has a jwksUrl that cannot be used: expected ${addressExpected}.`);
  if (tenants !== '*' && !isListOf(tenants, isName))
    throw say('does not say for which tenants it speaks: expected tenants, a list of names or "*".');
  if (!isListOf(given, isRole)) throw say(`does not say for which roles it speaks: expected roles, a list of ${roles.join(', ')}.`);
  if (!isListOf(allowed, isAlgorithm)) throw say(`allows an algorithm that is not taken here: expected some of ${algorithms.join(', ')}.`);
  if (!isName(audience) || !isName(typ)) throw say('has an audience or a typ that is no text.');
  return {
    ...{ issuer, tenants, roles: given, algorithms: allowed, audience, typ },
    ...(discovery !== undefined && { discovery }),
    ...(jwksUrl !== undefined && { jwksUrl }),
  };
};

const addressExpected = 'an https address (http only of this very machine)';

const isAddress = (value: unknown): value is string => {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, username, hash } = new URL(value);
  if (username || hash) return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname));
};

const isName = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= 255;
const isAlgorithm = (value: unknown): value is Algorithm => algorithms.includes(value as Algorithm);
const isListOf = <Item>(value: unknown, is: (item: unknown) => item is Item): value is readonly Item[] =>
  Array.isArray(value) && value.length > 0 && value.every(is);
