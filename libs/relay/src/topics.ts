import type { TopicPlan } from './transport.js';

/** Every record of every service, one partition per origin, kept for ever. */
export const recordsTopic = 'recourse.records.v1';

/** All topics of the house. Every service prepares all of them, so that none has to wait for another one's first start. */
export const topics: readonly TopicPlan[] = [
  { topic: 'recourse.complaint.v1', partitions: 6, retention: 'limited' },
  { topic: 'recourse.case.v1', partitions: 6, retention: 'limited' },
  { topic: 'recourse.account-lock.v1', partitions: 6, retention: 'limited' },
  { topic: 'recourse.notice.v1', partitions: 6, retention: 'limited' },
  { topic: recordsTopic, partitions: 5, retention: 'for-ever' },
];

const speakers: Readonly<Record<string, string>> = {
  intake: 'recourse.complaint.v1',
  'case-tracking': 'recourse.case.v1',
  'account-lock': 'recourse.account-lock.v1',
  notification: 'recourse.notice.v1',
};
/** A topic has one speaker, so that his sign of life on it covers everything said there. */
export const ownTopicsOf = (service: string): readonly string[] => (speakers[service] ? [speakers[service]] : []);

/** Which partition of recourse.records.v1 is whose: an origin's records stay in the order of its log. Undefined for a service nobody notarises. */
export const recordsPartitionOf = (service: string): number | undefined => {
  const partition = ['intake', 'case-tracking', 'account-lock', 'notification', 'audit'].indexOf(service);
  return partition < 0 ? undefined : partition;
};
