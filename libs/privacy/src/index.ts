import type { By, EventStore, Instant, SealedBlob, SealedRef } from '@recourse/event-store';
import type { Span } from './chunking.js';
import type { IndexKey } from './indexing.js';
import type { KeyOrdered, KeyStanding } from './keyring.js';

/** Whose key it is: the scope is a matter (`matter:<id>`), an account (`account:<tenant>:<account>`) or preferences (`preferences:<tenant>:<subject>`). */
export type Owner = { readonly tenant: string; readonly scope: string; readonly subject: string };
export type Sealed = { readonly ref: SealedRef; readonly blob: SealedBlob };
/** Who opens what and why. All of it is recorded. */
export type Opening = {
  readonly by: By;
  readonly purpose: string;
  readonly corr: string;
  readonly tenant: string;
  /** The position of this service's log as of which it is read: what whoever reads it sees beside it. */
  readonly position?: number;
  /** What is opened by the same words and does not stand beside the log: a file. */
  readonly also?: readonly { readonly id: string; readonly group: string }[];
  /** Where the bytes lie, when that is not the service's own log: the notary's copies. */
  readonly from?: Pick<EventStore, 'blobs'>;
  /** Only what is sealed under keys of these subjects; what is another's stays closed. Everybody's, when left out. */
  readonly whose?: readonly string[];
};
/** How often groups were opened by a role for a purpose, since the start. */
export type OpenedCount = { readonly role: string; readonly purpose: string; readonly groups: number };

/** Encrypted bytes where they lie: how many there are, and any span of them. */
export type SealedFile = { readonly length: number; readonly read: (span: Span) => AsyncIterable<Uint8Array> };

/** Personal data goes in before a decision and comes out only with a stated purpose. */
export interface Privacy {
  /** Seals one group of personal fields (any JSON object) under the owner's key, which is made at its first use. */
  seal(owner: Owner, group: string, value: object): Promise<Sealed>;
  /** Opens groups of this service's own log, or `from` elsewhere. GroupsOpened is appended before any plaintext leaves. Unreadable (destroyed) groups are left out. */
  open(refs: readonly SealedRef[], opening: Opening): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>>;
  /** Encrypts a file (evidence) under the owner's key as its bytes come; `id` (UUIDv7) is this file's alone. Never more than a chunk is held. */
  sealStream(
    owner: Owner,
    id: string,
  ): Promise<{ readonly key: string; readonly sealed: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> }>;
  /** How many groups were opened here, by role and purpose: for a metric. */
  opened(): readonly OpenedCount[];
  /** Keys that an order has restricted, released or destroyed since then: whoever keeps something made of their contents forgets it. */
  ordered(since: Instant): Promise<readonly KeyOrdered[]>;
  /**
   * Tells the governor that this service has forgotten what it made of a key's contents, and how much of each kind. Once, however often it is called;
   * false when the key has been changed by another order since: that one is to be acknowledged.
   */
  acknowledge(order: string, key: string, counts: Readonly<Record<string, number>>): Promise<boolean>;
  /** How keys stand: for a gap that says since when and by which order. Keys of other tenants are left out. */
  standings(tenant: string, keys: readonly string[]): Promise<ReadonlyMap<string, KeyStanding>>;
  /** No key stays in memory: what was ordered holds at once, for sealing too. */
  forgetKeys(): void;
  /** The keys of blind indexes, by tenant and by what the index is for. */
  readonly indexes: IndexKeyring;
  /** Opens any span of such a file, and files of the form before it; `size` is how many bytes were given. A destroyed or restricted key: `KeyGone`. */
  openStream(
    sealed: { readonly key: string; readonly id: string; readonly tenant: string; readonly size: number },
    file: SealedFile,
  ): Promise<(span: Span) => AsyncIterable<Uint8Array>>;
}

/** Keys that open nothing: from them come the tokens by which sealed text is found. */
export interface IndexKeyring {
  /** Every epoch that is asked with, the oldest first; the first one is made when there is none. */
  of(tenant: string, purpose: string): Promise<readonly IndexKey[]>;
  /** Begins the next epoch; any other number changes nothing. */
  begin(tenant: string, purpose: string, epoch: number): Promise<void>;
  /** Destroys the keys of all epochs before this one, never the last one's. */
  end(tenant: string, purpose: string, before: number): Promise<void>;
}

export { sealedLength, wholeOf, type Span } from './chunking.js';
export { postgresGovernor, type Acknowledged, type GovernedKey, type Governor, type GovernorOptions, type WhichKeys } from './governing.js';
export { awsKms, type AwsKmsOptions } from './aws-kms.client.js';
export { chooseKeepers, differing, kmsWhenAsked, openKms, type Complaint, type Keeper, type Keepers, type WhichKek } from './choosing.js';
export { drawnInto, fileKms, kmsOf, readKeks, type Keks } from './key-file.js';
export { tokenBits, type IndexedField, type IndexKey } from './indexing.js';
export { keyringMigration } from './keyring.migration.js';
export { keptSecrets, type KeptSecrets } from './keeping-secrets.js';
export { KeyLost, KeyRestricted, type KeyOrdered, type KeyringOptions, type KeyStanding, type KeyState } from './keyring.js';
export { KeepersWrong, KeysUnreachable, WrappingBroken, WrongKek, type Binding, type Kms, type Wrapped } from './kms.js';
export { KeyGone, postgresPrivacy, type PrivacyOptions } from './opening.js';
export { normalised, wholeFields, wordsOf, type WholeField } from './normalising.js';
export { rotate, wrappedBy, type Rotated, type RotationOptions, type WrappedBy } from './rotating.js';
export { hashOf, SealBroken } from './sealing.js';
export { vaultKms, type VaultKmsOptions } from './vault-kms.client.js';
export { verifyKeys, type ShownOfKey, type VerifyingKeys, type WhatShowsOfKey } from './verifying-keys.js';
export { kekFrom, type Kek } from './wrapping.js';
