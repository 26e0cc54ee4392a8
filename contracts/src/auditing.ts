/** What one record changed in the public state of its aggregate: an RFC 6901 pointer, the old and the new value. */
export type AuditedChange = { readonly path: string; readonly from?: unknown; readonly to?: unknown };

/** Since when, and by which order, a key opens nothing: it was destroyed, or may only be stored. The hash of what it sealed stays and verifies. */
export type AuditedGap = {
  readonly erased?: { readonly at: string; readonly order?: string };
  readonly restricted?: { readonly at: string; readonly order?: string };
};

/** One step of a matter's timeline across the services. */
export type AuditedEvent = {
  /** 1, 2, 3, … in the order things were recorded. */
  readonly n: number;
  /** With its log: `case-tracking:812`. */
  readonly position: string;
  /** SHA-256 of the record, base64url, as computed by audit. */
  readonly leaf: string;
  readonly recordedAt: string;
  /** The command's time. */
  readonly at: string;
  readonly type: string;
  readonly stream: string;
  readonly version: number;
  readonly by: { readonly actor: string; readonly role: string; readonly client: string; readonly for?: string };
  readonly approval?: { readonly by: string; readonly at: string };
  /** Id of the event that caused it. */
  readonly cause?: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Groups of personal data sealed beside the record. Nobody opens them here. */
  readonly sealed: readonly string[];
  /** Those of them that nobody can open any more, or that may only be stored. */
  readonly gaps?: readonly (AuditedGap & { readonly group: string })[];
  readonly changes: readonly AuditedChange[];
};

/** GET /v1/audit/cases?reference= */
export type AuditedCases = { readonly items: readonly { readonly case: string; readonly reference: string }[] };

/** GET /v1/audit/cases/{id}/events */
export type AuditedTimeline = { readonly case: string; readonly items: readonly AuditedEvent[] };

/** GET /v1/audit/cases/{id}: streams and their states, by kind. */
export type AuditedState = {
  readonly case: string;
  readonly asOf: { readonly instant: string; readonly position?: string };
  /** Last position read of each log, with its leaf. */
  readonly heads: Readonly<Record<string, { readonly position: number; readonly leaf: string }>>;
  /** `case`, `complaint`, `payment`, `account`, `notice`, `evidence`, … */
  readonly kinds: Readonly<Record<string, readonly { readonly stream: string; readonly state: unknown }[]>>;
};

/** GET /v1/audit/cases/{id}/steps/{n} */
export type AuditedStep = { readonly case: string; readonly step: AuditedEvent; readonly before: unknown; readonly after: unknown };

/** GET /v1/audit/cases/{id}/diff */
export type AuditedDifference = {
  readonly case: string;
  readonly from: string;
  readonly to: string;
  readonly changes: readonly AuditedChange[];
};

/** One opening of sealed groups: who saw what, why, and as of which position. What was in it stands nowhere. */
export type AuditedOpening = {
  /** Where the opening is recorded: `case-tracking:812`. */
  readonly position: string;
  readonly recordedAt: string;
  /** A pseudonym. */
  readonly actor: string;
  readonly role: string;
  readonly client: string;
  readonly purpose: string;
  /** Which groups: `narrative`, `complainant`, `evidence`, … */
  readonly groups: readonly string[];
  /** The position of that log as of which it was read; null where nobody read it beside a case, or from before it was said. */
  readonly readAt: string | null;
};

/** GET /v1/audit/cases/{id}/access */
export type AuditedAccess = { readonly case: string; readonly items: readonly AuditedOpening[] };

/** What one person opened within a day, beside the median of his role. */
export type OpeningsOfDay = {
  /** Of UTC. */
  readonly day: string;
  /** A pseudonym. */
  readonly actor: string;
  readonly role: string;
  readonly openings: number;
  /** Different matters. */
  readonly matters: number;
  readonly purposes: readonly string[];
  /** Matters on a day of this role: the middle one of all its people and days within four weeks. */
  readonly median: number;
  /** Ten matters or more, and more than three times the median. */
  readonly standsOut: boolean;
};

/** GET /v1/audit/openings */
export type AuditedOpenings = { readonly from: string; readonly to: string; readonly items: readonly OpeningsOfDay[] };

/** GET /v1/audit/logs */
export type AuditedLogs = {
  readonly items: readonly {
    readonly origin: string;
    /** The last position reached without a gap; -1 before the first. */
    readonly position: number;
    readonly leaf: string | null;
    /** The farthest position heard at all. */
    readonly farthest: number;
    readonly gaps: readonly { readonly from: number; readonly to: number }[];
    /** Two stories were told of this log: nothing more of it is taken. */
    readonly stopped: boolean;
  }[];
};
