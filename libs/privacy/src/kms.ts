/** What a wrapped secret is bound to: its own id, and canonical bytes that say what it is and whose. Moved to another row it cannot be unwrapped. */
export type Binding = { readonly id: string; readonly aad: Uint8Array };
export type Wrapped = { readonly kek: string; readonly wrapped: Uint8Array };

/** Wraps and unwraps short secrets under keys of its own, which stay where they are. Three adapters: a file, AWS KMS, Vault transit. */
export interface Kms {
  /** The name of the key that wraps from now on. What the keyring has under another name is older. */
  current(): Promise<string>;
  wrap(secret: Uint8Array, binding: Binding): Promise<Wrapped>;
  /** `kek` is the name the secret was wrapped under. */
  unwrap(kek: string, wrapped: Uint8Array, binding: Binding): Promise<Buffer>;
  /** Wraps anew, under the current key, what an older one wrapped. Whoever can do that at the keeper's spares the secret the way here and back. */
  rewrap(kek: string, wrapped: Uint8Array, binding: Binding): Promise<Wrapped>;
  close(): void;
}

/** Wraps anew what stays in this process only for as long as that takes. */
export const wrappedAnew = async (
  from: Pick<Kms, 'unwrap'>,
  to: Pick<Kms, 'wrap'>,
  { kek, wrapped }: Wrapped,
  binding: Binding,
): Promise<Wrapped> => {
  const secret = await from.unwrap(kek, wrapped, binding);
  try {
    return await to.wrap(secret, binding);
  } finally {
    secret.fill(0);
  }
};

/**
 * Whoever keeps the wrapping keys does not answer, or does not let us use one. That says nothing about the data: it is a fault of the house that
 * passes or is mended, never a gap.
 */
export class KeysUnreachable extends Error {
  /** It is about the house and not about what is being handled: whoever hears messages waits, and puts none aside. */
  readonly systemic = true;
  /** Seconds after which asking again makes sense. */
  readonly retryAfter: number = 5;

  constructor(why: string, cause?: unknown) {
    super(`The keys that wrap the keys cannot be used: ${why}.`, { cause });
  }
}

/** What was said of the wrapping keys cannot be right: one sentence for whoever starts the service. */
export class KeepersWrong extends Error {}

/** The secret was wrapped by a key that is not at hand here. */
export class WrongKek extends KeysUnreachable {
  constructor(wrappedBy: string, given: string) {
    super(`something was wrapped by ${wrappedBy}, and here is ${given}; bring back the key that belongs to this keyring`);
  }
}

/** The bytes are not what was wrapped, or belong to another row. No waiting helps. */
export class WrappingBroken extends Error {
  constructor(id: string) {
    super(`The wrapped key ${id} was changed, or belongs to somebody else.`);
  }
}
