import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsFolder } from './platforms.loading.js';
import type { Category, ChannelKind, Check, DetailField, EvidenceKind } from './taxonomy.js';

/** A code of somebody else's list, with the entry of sources.json it was read in. */
type Outside = { readonly source: string; readonly verified: boolean };

export type CategoryFacts = {
  readonly code: Category;
  /** What an assessment cannot do without; never a reason to refuse receipt. */
  readonly needs: readonly DetailField[];
  readonly causeFamily: string;
  /** A claim of it blocks outgoing transfers until it is confirmed or lapses. */
  readonly claimsProtection: boolean;
  /** Complex or urgent enough to suggest the telephone. */
  readonly talk: boolean;
  readonly checksInOrder: boolean;
  readonly evidenceWelcome: readonly EvidenceKind[];
  readonly cfpb: Outside & { readonly issue: string };
  readonly iso20022: (Outside & { readonly set: string; readonly code: string; readonly text: string }) | null;
  readonly card: (Outside & { readonly family: string; readonly visa: readonly string[]; readonly mastercard: readonly string[] }) | null;
};
export type ChannelFacts = { readonly code: ChannelKind; readonly toldToStaff: boolean; readonly alwaysServed: boolean };
export type EvidenceFacts = {
  readonly text: readonly string[];
  readonly perMatter: { readonly files: number; readonly bytes: number };
  readonly perFile: { readonly bytes: number };
  readonly kinds: readonly { readonly code: EvidenceKind; readonly types: readonly string[] }[];
};
export type Source = { readonly title: string; readonly url: string; readonly readOn: string };
type Lists = {
  readonly categories: { readonly categories: readonly CategoryFacts[] };
  readonly details: { readonly details: readonly { readonly code: DetailField; readonly sealed: boolean }[] };
  readonly checks: { readonly checks: readonly { readonly code: Check }[] };
  readonly channels: { readonly channels: readonly ChannelFacts[] };
  readonly evidence: EvidenceFacts;
  readonly sources: { readonly sources: Readonly<Record<string, Source>> };
  readonly codes: Readonly<Record<string, readonly string[]>>;
};

const read = <Name extends keyof Lists>(name: Name): Lists[Name] =>
  JSON.parse(readFileSync(join(contractsFolder('taxonomy'), `${name}.json`), 'utf8')) as Lists[Name];

/** The taxonomy as data, read once when the process starts: it never changes under a running service. */
export const taxonomy = {
  categories: new Map(read('categories').categories.map((facts) => [facts.code, facts])),
  details: new Map(read('details').details.map((facts) => [facts.code, facts])),
  checks: read('checks').checks.map(({ code }) => code),
  channels: new Map(read('channels').channels.map((facts) => [facts.code, facts])),
  evidence: read('evidence'),
  sources: read('sources').sources,
  codes: read('codes'),
} as const;
