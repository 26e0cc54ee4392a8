/** The closed lists of the desk: what a complaint is about, how it came, what was checked and found. Facts about each code stand in contracts/taxonomy. */

export const categories = [
  'account-taken-over',
  'account-security',
  'scam',
  'wrong-debit',
  'wrong-recipient',
  'funds-not-received',
  'payment-failed',
  'refund',
  'top-up-or-withdrawal',
  'limit',
  'account-locked',
  'identity-misused',
  'device-lost',
  'fees',
  'privacy',
  'service-conduct',
  'other',
] as const;
export type Category = (typeof categories)[number];

/** What can be told beyond the narrative. `device` is personal and sealed; the rest stands in the record. */
export const detailFields = [
  'account',
  'occurredAt',
  'amount',
  'transaction',
  'merchant',
  'device',
  'recipient',
  'method',
  'operation',
] as const;
export type DetailField = (typeof detailFields)[number];

/** Triage, in the order it is kept. */
export const checks = ['network', 'balance', 'merchant-interface', 'human'] as const;
export type Check = (typeof checks)[number];

/** Where a complaint can come from. */
export const channelKinds = [
  'telephone',
  'app',
  'website',
  'social-media',
  'e-mail',
  'letter',
  'counter',
  'user-guide',
  'authority',
] as const;
export type ChannelKind = (typeof channelKinds)[number];

export const evidenceKinds = [
  'email',
  'chat-log',
  'transaction-record',
  'call-record',
  'screenshot',
  'identity-document',
  'letter',
  'other',
] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** Every other closed list, by name. A reason is always a code of one of these, with an optional sealed note beside it. */
export const codes = {
  // What the customer tells (intake)
  capacity: ['holder', 'payee', 'third-party', 'merchant'],
  'complainant-kind': ['consumer', 'micro-enterprise', 'other'],
  'representative-capacity': ['guardian', 'attorney', 'heir', 'helper', 'claims-company'],
  'authority-scope': ['everything', 'submitting', 'informing'],
  'authority-refused-why': [
    'document-unreadable',
    'document-expired',
    'scope-does-not-cover',
    'signature-does-not-match',
    'not-the-person-named',
  ],
  'detail-source': ['complainant', 'agent', 'platform', 'merchant', 'bank', 'authority'],
  'time-precision': ['second', 'minute', 'hour', 'day', 'month'],
  method: ['balance', 'bank-account', 'debit-card', 'credit-card', 'voucher', 'cash'],
  operation: ['pay', 'transfer-out', 'transfer-in', 'top-up', 'withdraw', 'receive'],
  'check-result': ['fine', 'faulty', 'unknown'],
  'check-way': ['automatic', 'asked'],
  'hand-off-why': ['complainant-prefers', 'too-complex', 'urgent', 'language', 'accessibility', 'channel-out-of-hours'],
  'reporter-verified': ['token-exchange', 'platform-assertion', 'one-time-code', 'security-questions', 'call-back', 'identity-document'],
  'receipt-way': ['submitted', 'told-to-staff', 'idle'],
  'discard-why': ['complainant-withdrew', 'empty', 'duplicate', 'made-by-mistake'],
  'evidence-from': ['complainant', 'representative', 'platform', 'merchant', 'bank', 'authority', 'desk'],
  'quarantine-why': ['malicious-content', 'cannot-be-opened', 'belongs-to-another-matter', 'unlawful-content'],
  'evidence-flag': [
    'document-with-script',
    'document-with-files',
    'document-that-starts-something',
    'document-with-macros',
    'mail-with-archive',
    'mail-with-program',
  ],
  'redaction-why': ['third-party-data', 'not-relevant', 'court-order', 'card-data', 'secret-code'],
  'channel-retired-why': ['replaced', 'closed', 'impersonated'],
  'suggested-why': ['urgent', 'complex', 'much-is-missing'],

  // What the desk finds and does (case-tracking)
  stage: [
    'drafted',
    'received',
    'assessed',
    'waiting-for-complainant',
    'waiting-for-merchant',
    'answered',
    'closed',
    'reopened',
    'merged',
    'withdrawn',
    'not-taken-up',
    'escalated',
    'with-an-authority',
  ],
  severity: ['unfounded', 'minor', 'serious', 'critical'],
  priority: ['low', 'normal', 'high', 'urgent'],
  cause: [
    'network',
    'balance',
    'merchant-interface',
    'limit',
    'risk-block',
    'duplicate',
    'wrong-amount',
    'beneficiary-not-credited',
    'scam',
    'take-over',
    'fee-or-disclosure',
    'service-conduct',
    'goods-or-services',
    'identity-check',
    'outage',
    'customer-mistake',
    'unknown',
  ],
  solution: [
    'money-returned',
    'refund-by-merchant',
    'refund-by-platform',
    'payment-completed',
    'payment-cancelled',
    'beneficiary-credited',
    'account-secured',
    'account-unlocked',
    'limit-changed',
    'fee-returned',
    'data-corrected',
    'explanation-given',
    'apology-given',
    'process-changed',
    'nothing-to-put-right',
  ],
  'measure-kind': [
    'return-money',
    'secure-account',
    'unlock-account',
    'change-limit',
    'correct-data',
    'train-staff',
    'change-process',
    'inform-merchant',
    'inform-authority',
    'other',
  ],
  'measure-dropped-why': ['not-needed', 'done-elsewhere', 'complainant-declined', 'impossible'],
  outcome: ['upheld', 'partly-upheld', 'not-upheld'],
  'decision-ground': [
    'unauthorised',
    'our-mistake',
    'merchant-mistake',
    'platform-outage',
    'terms-unclear',
    'service-fell-short',
    'authorised-by-customer',
    'within-terms',
    'already-put-right',
    'not-proved',
    'outside-our-responsibility',
  ],
  'redress-kind': ['refund', 'compensation', 'interest', 'fee', 'goodwill', 'apology', 'non-monetary'],
  'closed-how': ['answered', 'resolved-early', 'withdrawn', 'not-taken-up', 'forwarded', 'duplicate', 'protective-ended'],
  'reopened-why': ['new-information', 'outcome-rejected', 'measure-failed', 'authority-asks', 'our-mistake'],
  'withdrawn-why': ['resolved', 'no-longer-wanted', 'made-by-mistake', 'goes-elsewhere'],
  'not-taken-up-ground': ['not-our-customer', 'not-our-service', 'already-decided', 'before-a-court', 'too-late', 'abusive'],
  'released-why': ['back-to-queue', 'shift-end', 'agent-left', 'conflict'],
  'letter-kind': ['acknowledgement', 'update', 'holding-response', 'final-response', 'summary-resolution', 'deadlock', 'reversal-notice'],
  'undelivered-why': ['no-route', 'bounced', 'rejected', 'gave-up', 'turned-off'],
  direction: ['inbound', 'outbound'],
  information: [
    'transaction-record',
    'chat-log',
    'account-statement',
    'identity-document',
    'device-details',
    'recipient-details',
    'merchant-decision',
    'description-of-events',
  ],
  'information-from': ['complainant', 'merchant', 'bank'],
  conflict: ['complained-about', 'decided-before', 'personal'],
  tier: ['second-line', 'specialist', 'management'],
  'case-relation': ['related', 'duplicate-of', 'follows', 'protective'],
  'measure-proof': ['credit-confirmed', 'protection-noted', 'evidence-attached', 'letter-sent', 'checked-by-staff'],
  'approval-refused-why': ['evidence-insufficient', 'grounds-do-not-fit', 'measure-still-needed', 'look-again'],
  team: ['account-security-desk', 'payments-desk', 'service-desk', 'triage-desk'],
  'promise-state': ['open', 'kept', 'missed', 'unconfirmed'],

  // Money
  'refund-reason': ['goods', 'service-not-met', 'duplicate', 'unauthorised', 'other'],
  'refund-path': ['merchant', 'platform', 'advance', 'chargeback', 'recall'],
  'refund-state': ['requested', 'merchant-asked', 'approved', 'declined', 'lapsed', 'ordered', 'confirmed', 'failed'],
  'refund-declined-why': [
    'goods-delivered',
    'service-given',
    'too-late',
    'used',
    'not-our-sale',
    'terms-exclude',
    'merchant-did-not-answer',
  ],
  'credit-kind': ['provisional', 'final'],
  'credit-failed-why': ['account-closed', 'account-blocked', 'ledger-refused', 'timed-out'],

  // Locks and proofs (account-lock)
  'account-state': ['open', 'watched', 'outgoing-blocked', 'locked', 'limited', 'authority-locked'],
  'lock-cause': ['rule', 'claim', 'case', 'customer', 'agent', 'partner-bank', 'authority'],
  'lock-scope': ['outgoing', 'all'],
  'lock-declined-why': [
    'reporter-not-verified',
    'account-unknown',
    'rule-switched-off',
    'already-locked-for-this',
    'claims-lapse-unconfirmed',
    'asked-too-late',
  ],
  'unlock-denied-why': ['identity-not-proved', 'proof-forged', 'proof-incomplete', 'account-at-risk', 'authority-order'],
  'proof-kind': ['one-time-code', 'identity-document', 'video-identification', 'security-questions', 'branch-visit', 'bank-card-check'],
  'proof-result': ['accepted', 'rejected'],
  'route-distrusted-why': ['changed-recently', 'take-over', 'sim-swap'],

  // Delivery (operators)
  'skip-why': ['cannot-be-read', 'kills-the-process', 'cannot-be-carried', 'done-by-hand', 'overtaken', 'sent-by-mistake'],
  'skip-denied-why': ['can-be-mended', 'effect-is-needed', 'look-again'],
  'rewind-why': ['gap-seen', 'neighbour-restored', 'carrier-lost-messages', 'hearer-asks'],

  // Platforms (operators)
  'tenant-closed-why': ['asked-by-platform', 'contract-ended', 'licence-withdrawn', 'set-up-by-mistake'],
  'tenant-close-denied-why': ['cases-are-open', 'not-agreed', 'look-again'],

  // What can be forgotten (privacy officers)
  'key-order-kind': ['restrict', 'release', 'destroy'],
  'key-order-why': [
    'retention-ended',
    'subject-request',
    'no-longer-needed',
    'never-received',
    'unlawful-processing',
    'authority-order',
    'sealed-by-mistake',
    'needed-again',
  ],
  'key-order-denied-why': ['still-needed', 'wrong-keys', 'not-authorised', 'look-again'],
  'hold-scope': ['matter', 'subject', 'account'],
  'hold-why': ['litigation', 'authority-order', 'investigation', 'audit', 'complaint-expected'],
  'hold-denied-why': ['no-ground', 'too-wide', 'look-again'],
  'hold-release-why': ['proceedings-ended', 'authority-lifted', 'investigation-ended', 'placed-by-mistake'],
  'matter-news': ['received', 'opened', 'closed', 'reopened', 'money-moved'],
  'retention-denied-why': ['not-the-law', 'too-short', 'too-long', 'look-again'],
  // What subjects may ask
  'subject-request-kind': ['access', 'erasure'],
  'subject-jurisdiction': ['eu', 'uk', 'cn'],
  'subject-extended-why': ['complex', 'many-requests'],
  'subject-answered-how': ['given', 'erased', 'partly-restricted', 'nothing-held', 'identity-not-proved', 'unfounded'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type CodeList = keyof typeof codes;
export type Code<List extends CodeList> = (typeof codes)[List][number];

export const isCategory = (text: string): text is Category => categories.includes(text as Category);
