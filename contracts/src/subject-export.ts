import type { AuditedGap } from './auditing.js';

/** The form of an export, and its version. */
export const subjectExportFormat = 'recourse.subject-export/1';

/** A sealed group: what was in it, or since when it is erased or may only be stored. Neither: it is somebody else's. */
export type ExportedGroup = AuditedGap & {
  readonly sealed: string;
  readonly h: string;
  readonly value?: Readonly<Record<string, unknown>>;
};

/** One event about the subject. Who of the staff did it is said by his role. */
export type ExportedEvent = {
  /** With its log: `case-tracking:812`. */
  readonly position: string;
  readonly recordedAt: string;
  readonly at: string;
  readonly type: string;
  readonly by: { readonly role: string };
  readonly data: Readonly<Record<string, unknown>>;
  readonly groups: readonly ExportedGroup[];
};

/** One thing with all its events, and how it stands: files with their hashes, notices, locks, preferences. */
export type ExportedThing = {
  readonly kind: string;
  readonly stream: string;
  readonly events: readonly ExportedEvent[];
  /** What follows from the events, for files of evidence, notices, accounts and preferences; null for everything else. */
  readonly state: unknown;
};

/** GET /v1/audit/subject-requests/{id}/export: what the house holds of a subject. */
export type SubjectExport = {
  readonly format: typeof subjectExportFormat;
  readonly request: string;
  readonly subject: string;
  readonly madeReadyAt: string;
  readonly expiresAt: string;
  /** Nothing that was recorded later is in it. */
  readonly asOf: string;
  readonly matters: readonly { readonly matter: string; readonly things: readonly ExportedThing[] }[];
  readonly accounts: readonly { readonly account: string; readonly things: readonly ExportedThing[] }[];
  readonly preferences: readonly ExportedThing[];
  readonly requests: readonly ExportedThing[];
};
