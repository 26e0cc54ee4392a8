import { hkdfSync } from 'node:crypto';

/** Keys drawn from the key-encrypting key by purpose: the same in every instance, stored nowhere. */
export class Secrets {
  /** For what was asked under an Idempotency-Key. */
  readonly fingerprints: Uint8Array;
  /** For cursors of lists. */
  readonly cursors: Uint8Array;

  constructor(private readonly keyMaterial: Uint8Array) {
    this.fingerprints = drawn(keyMaterial, 'recourse/edge/fingerprints/v1');
    this.cursors = drawn(keyMaterial, 'recourse/edge/cursors/v1');
  }

  /** A service's own key, 32 bytes: `secrets.drawnFor('recourse/account-lock/codes/v1')`. */
  drawnFor(purpose: string): Uint8Array {
    return drawn(this.keyMaterial, purpose);
  }
}

const drawn = (keyMaterial: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', keyMaterial, new Uint8Array(0), purpose, 32));
