/** The nouns of the API, each the first part of its paths after /v1. A path with another noun is a mistake until it stands here. */
export const nouns: Readonly<Record<string, string>> = {
  accounts: 'Protection of accounts: locks, limits, registered routes, permission queries.',
  audit: 'What happened, as of any instant, for auditors.',
  cases: 'Complaints being handled: from opening to closing, with everything said, promised, decided and paid.',
  channels: 'Where a customer may complain, and whether a hotline is genuine.',
  complaints: 'What the customer tells, from a draft to its receipt.',
  'credit-orders': 'Money that is to be credited, confirmed or failed by the platform.',
  events: 'Everything a platform is told, to be polled.',
  evidence: 'Files that prove something, encrypted and known by their hash.',
  notices: 'What was sent, to whom, by which channel, with what result.',
  operations: 'What operators look after.',
  payments: 'Disputed payments: the guard of the money.',
  policies: 'What a platform has decided for itself: terms, unlock steps, lock rules, refunds, intervals, by version and date.',
  preferences: 'How a customer wants to be reached.',
  privacy: 'What can be forgotten: holds, retention, orders about keys, certificates, and the requests of subjects.',
  queues: 'Cases that wait for somebody with the skill.',
  receipts: 'Receipts of contacts: genuine or not.',
  refunds: 'Money asked back, and what the merchant decided.',
  signals: 'Anomalies seen by a wallet’s own risk engine.',
  'step-ups': 'One-time codes before what is sensitive.',
  stream: 'Events as they happen, for consoles.',
  tenants: 'The platforms of this house: created, limited, closed.',
  templates: 'The words of notices, with their versions.',
  'unlock-requests': 'The way back into a locked account: proofs and decisions.',
  'webhook-endpoints': 'Where a platform hears of what happens: endpoints, deliveries, replay.',
};

/** `/v1/unlock-requests/{id}` → `unlock-requests`. */
export const nounOf = (path: string): string => {
  const noun = path.split('/')[2] ?? '';
  if (!nouns[noun]) throw new Error(`${path} begins with a noun that libs/edge/src/openapi.tags.ts does not describe`);
  return noun;
};
