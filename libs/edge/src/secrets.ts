import { hkdfSync } from 'node:crypto';
import { keptSecrets, readKeks, type Keepers, type Kms } from '@recourse/privacy';

const fingerprints = 'recourse/edge/fingerprints/v1';
const cursors = 'recourse/edge/cursors/v1';

/** What was drawn from the first key of the key file, before the house had a secret of its own. */
const drawnFromTheKeyFile = [fingerprints, cursors, 'recourse/account-lock/one-time-codes/v1'];

/** Keys drawn by purpose from the secret of the house: the same in every instance, whichever key wraps that secret now. */
export class Secrets {
  /** For what was asked under an Idempotency-Key. */
  readonly fingerprints: Uint8Array;
  /** For cursors of lists. */
  readonly cursors: Uint8Array;

  /** `inherited` are keys that purposes had before: they keep them. */
  constructor(
    private readonly keyMaterial: Uint8Array,
    private readonly inherited: ReadonlyMap<string, Uint8Array> = new Map(),
  ) {
    this.fingerprints = this.drawnFor(fingerprints);
    this.cursors = this.drawnFor(cursors);
  }

  /** A service's own key, 32 bytes: `secrets.drawnFor('recourse/account-lock/codes/v1')`. */
  drawnFor(purpose: string): Uint8Array {
    return this.inherited.get(purpose) ?? drawn(this.keyMaterial, purpose);
  }
}

/** The secrets of the house, from its keyring. */
export const secretsOf = async (keyringUrl: string, kms: Kms, keepers: Keepers): Promise<Secrets> => {
  const file = keepers.find((keeper) => keeper.kind === 'file')?.file;
  const draw = (purpose: string) => drawn([...readKeks(file!).all.values()][0]!.key, purpose);
  const before = { purposes: drawnFromTheKeyFile, ...(file !== undefined && { draw }) };
  const { house, inherited } = await keptSecrets({ keyringUrl, kms, before });
  return new Secrets(house, inherited);
};

const drawn = (keyMaterial: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', keyMaterial, new Uint8Array(0), purpose, 32));
