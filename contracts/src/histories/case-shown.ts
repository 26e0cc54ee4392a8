import type { CaseHistory, CaseMeasure, CasePromise } from './complaint-case.js';
import type { Code } from '../taxonomy.js';
import type { SealedPointer } from './past.js';

/** What the customer may see of a case at any time: where it stands, who has it, for whom it waits, when the next word comes. */
export type CaseProgress = {
  readonly id: string;
  readonly reference: string;
  readonly stage: Code<'stage'>;
  /** The stage in the caller's language, like every `…Text`. */
  readonly stageText: string;
  readonly category?: string;
  readonly categoryText?: string;
  readonly team: Code<'team'>;
  readonly teamText: string;
  readonly waitingFor: 'us' | 'nobody' | Code<'information-from'>;
  readonly receivedAt: string;
  /** The next promised update that is not due yet; null when none is promised. */
  readonly nextUpdate: string | null;
  readonly promises: readonly (Pick<CasePromise, 'promise' | 'due' | 'sentAt'> & {
    readonly state: Code<'promise-state'>;
    readonly stateText: string;
  })[];
  readonly inquiries: CaseHistory['inquiries'];
  readonly measures: readonly { readonly kind: string; readonly kindText: string; readonly state: CaseMeasure['state'] }[];
  readonly outcome?: Code<'outcome'>;
  readonly outcomeText?: string;
  readonly answeredAt?: string;
  readonly closedAt?: string;
  readonly version: number;
};

/** A case as its customer sees it: all that concerns him, and nothing the desk says to itself. */
export type CaseOfCustomer = Omit<
  CaseHistory,
  | 'notes'
  | 'conflicts'
  | 'vulnerabilities'
  | 'assignment'
  | 'tier'
  | 'proposal'
  | 'approvals'
  | 'links'
  | 'rule'
  | 'priority'
  | 'priorityRule'
>;

/** A case as whoever asks may see it: the desk all of it. */
export type CaseShown = CaseHistory | CaseOfCustomer;

/** One line of a list of cases. */
export type CaseLine = {
  readonly id: string;
  readonly reference: string;
  readonly kind: CaseHistory['kind'];
  readonly stage: CaseHistory['stage'];
  readonly category: string | null;
  readonly severity: string | null;
  readonly priority: Code<'priority'>;
  readonly team: string;
  readonly queue: string;
  readonly agent: string | null;
  readonly account: string | null;
  readonly subject: string | null;
  readonly waitingFor: CaseProgress['waitingFor'];
  /** When the earliest open promise is due. */
  readonly nextUpdate: string | null;
  readonly inquiries: number;
  readonly receivedAt: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
};

/** Cases found by what is sealed: newest first, only those the caller may open. */
export type CasesFound = {
  readonly items: readonly CaseLine[];
  /** Whether what is sealed was opened and compared. If not, each is only likely: a token fits more than one person. */
  readonly verified: boolean;
  /** More fit than were looked at: look for more at once, or filter. */
  readonly more: boolean;
};

/** A queue: open cases nobody holds, by the skill they take. */
export type QueueShown = {
  readonly id: string;
  readonly waiting: number;
  readonly urgent: number;
  readonly oldest: string;
};

/** One thing that happened in a case, as the desk reads its history. */
export type CaseEventShown = {
  readonly version: number;
  readonly position: number;
  readonly type: string;
  readonly at: string;
  readonly recordedAt: string;
  readonly by: { readonly actor: string; readonly role: string };
  readonly data: Readonly<Record<string, unknown>>;
  readonly sealed: readonly SealedPointer[];
};

/** Everything that happened in a case, in order. */
export type CaseEvents = { readonly items: readonly CaseEventShown[] };

/** The receipts of a case: their numbers, and when they were given. */
export type CaseReceipts = { readonly items: readonly ReceiptShown[] };

/** Every queue in which something waits. */
export type Queues = { readonly items: readonly QueueShown[] };

/** What anyone may know of a receipt: whether it is genuine, since when, and whose badge it names. */
export type ReceiptShown = {
  readonly reference: string;
  readonly genuine: boolean;
  readonly issuedAt?: string;
  readonly badge?: string;
  /** SHA-256 (base64url) of the sealed text, as it was recorded then. */
  readonly h?: string;
};

/** The whole receipt, for whom it was written: word for word as it was given. */
export type ReceiptText = ReceiptShown & {
  readonly case: { readonly id: string; readonly reference: string };
  readonly channel: string;
  readonly direction: string;
  readonly nextUpdate: string | null;
  /** The agent's name, what was said, the solution proposed. */
  readonly said: object;
};

/** What the console's stream says of one event. */
export type ConsoleEvent = {
  readonly case: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly at: string;
  readonly by: { readonly actor: string; readonly role: string };
};
