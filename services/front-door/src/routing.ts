/** The services behind the door. */
export const services = ['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance'] as const;
export type ServiceName = (typeof services)[number];

/** Which service answers for which nouns. The door knows no more of the API than this. */
const nouns: Readonly<Record<ServiceName, readonly string[]>> = {
  intake: ['channels', 'complaints', 'evidence'],
  'case-tracking': [
    'cases', 'queues', 'receipts', 'payments', 'refunds', 'credit-orders', 'stream', 'agents', 'incidents', 'authority-files',
  ], // prettier-ignore
  'account-lock': ['accounts', 'signals', 'unlock-requests', 'step-ups'],
  notification: ['notices', 'preferences', 'templates', 'webhook-endpoints', 'events'],
  audit: ['audit'],
  governance: ['tenants', 'policies', 'privacy'],
};

export type Route = { readonly prefix: string; readonly service: ServiceName };

/** Every prefix with its service; each service's operations stand under its own name. */
export const routes: readonly Route[] = services.flatMap((service) =>
  [...nouns[service], `operations/${service}`].map((noun) => ({ prefix: `/v1/${noun}`, service })),
);
