import type { TopicPlan } from './transport.js';

/** Every record of every service, each origin on one partition, kept for ever. */
export const recordsTopic = 'recourse.records.v1';

/** All topics of the house. Every service prepares all of them, so that none has to wait for another one's first start. */
export const topics: readonly TopicPlan[] = [
  { topic: 'recourse.complaint.v1', partitions: 6, retention: 'limited' },
  { topic: 'recourse.case.v1', partitions: 6, retention: 'limited' },
  { topic: 'recourse.account-lock.v1', partitions: 6, retention: 'limited' },
  { topic: 'recourse.notice.v1', partitions: 6, retention: 'limited' },
  // For ever: a service that is new, or whose database is, hears every tenant and every setting again.
  { topic: 'recourse.governance.v1', partitions: 6, retention: 'for-ever' },
  { topic: recordsTopic, partitions: 5, retention: 'for-ever' },
];

const speakers: Readonly<Record<string, string>> = {
  intake: 'recourse.complaint.v1',
  'case-tracking': 'recourse.case.v1',
  'account-lock': 'recourse.account-lock.v1',
  notification: 'recourse.notice.v1',
  governance: 'recourse.governance.v1',
};
/** A topic has one speaker, so that his sign of life on it covers everything said there. */
export const ownTopicsOf = (service: string): readonly string[] => (speakers[service] ? [speakers[service]] : []);

/** The number of partitions never changes, so an origin that came later shares the partition of the one that says least (docs/decisions/0006). */
const recordsPartitions: Readonly<Record<string, number>> = {
  intake: 0,
  'case-tracking': 1,
  'account-lock': 2,
  notification: 3,
  audit: 4,
  governance: 4,
};

/** Which partition of recourse.records.v1 is whose: an origin's records stay in the order of its log. Undefined for a service nobody notarises. */
export const recordsPartitionOf = (service: string): number | undefined => recordsPartitions[service];
