import type { Recorded } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';
import { keyOf } from '../tenant/announcing.js';

/** What a platform publishes is heard whole, in the order in which it was published, behind what was said of the platform itself. */
export const announcePolicies = ({ type, tenant, data }: Recorded): readonly Announcement[] =>
  type === 'PolicyPublished' ? [{ topic: 'recourse.governance.v1', key: keyOf(tenant), type, data: { tenant, ...data } }] : [];
