import type { Claims, Forge } from './forging.js';

/** Seconds since 1970, as tokens tell the time. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** Poses as whoever one likes: with tokens that the issuer of a house could have made, but for what is wrong with them. */
export class Poser {
  private readonly began = now();
  private readonly made = new Map<string, string>();

  constructor(
    private readonly forge: Forge,
    private readonly issuer: string,
    private readonly skills: unknown,
  ) {}

  /** What a token of the issuer would say of somebody of this role who has just signed in, but for what is wrong with it. */
  claims(role: string, tenant: string, wrong: Claims = {}): Claims {
    const machine = role === 'platform' || role === 'customer';
    return {
      ...{ iss: this.issuer, aud: 'urn:recourse:api', sub: `w-${role}`, client_id: machine ? `${tenant}-platform` : 'desk' },
      ...{ role, tenant, scope: 'api', iat: this.began, exp: this.began + 3_600 },
      ...(!machine && { badge: '0999', acr: 'urn:recourse:loa:2', auth_time: this.began, skills: this.skills }),
      ...wrong,
    };
  }

  bearer(...told: Parameters<Forge['token']>): string {
    const key = JSON.stringify(told);
    const known = this.made.get(key) ?? `Bearer ${this.forge.token(...told)}`;
    this.made.set(key, known);
    return known;
  }
}
