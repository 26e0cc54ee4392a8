import type { SealedFile } from '@recourse/privacy';

/** Where a file lies: the name says whose it is and which evidence, so that a file can always be asked whether a record speaks of it. */
export type Place = { readonly tenant: string; readonly id: string };
/** `h`: SHA-256 (base64url) of what lies there. */
export type Kept = { readonly h: string; readonly n: number };

/** The vault is full or may not be written: the caller did nothing wrong. */
export class VaultFull extends Error {}
/** The bytes of a recorded file are gone, or are not those any more. */
export class EvidenceDamaged extends Error {}

/**
 * Keeps encrypted files; injected as a class. A file is whole and durable under its name before any record speaks of it: a crash leaves a file nobody
 * knows, never a record without its file.
 */
export abstract class EvidenceVault {
  /** Takes the bytes as they come. Whatever ends it early leaves nothing under the name. */
  abstract keep(place: Place, bytes: AsyncIterable<Uint8Array>): Promise<Kept>;
  /** Throws `EvidenceDamaged` when nothing lies there. `h` finds files that were kept before files were named by evidence. */
  abstract open(place: Place & Pick<Kept, 'h'>): Promise<SealedFile>;
  /** For a file no record speaks of, and for one whose key was destroyed; `h` finds it when it was kept before files were named by evidence. */
  abstract forget(place: Place & Partial<Pick<Kept, 'h'>>): Promise<void>;
  /** Every file whose name was drawn between two instants (milliseconds), recorded or not. */
  abstract lying(from: number, to: number): AsyncIterable<Place>;
  /** Lets go of what was begun before an instant and never got a name. */
  abstract clear(before: number): Promise<void>;
}

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** When the id of a file was drawn: a UUIDv7 begins with its milliseconds. Undefined for any other name. */
export const drawnAt = (id: string): number | undefined =>
  uuidV7.test(id) ? Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) : undefined;
