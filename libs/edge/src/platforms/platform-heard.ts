import type { Decider } from '@recourse/decider';
import { part, type By, type Instant } from '@recourse/event-store';
import type { Hearing } from '../house.options.js';

/** What governance said of a platform, kept in the service's own log: from there every instance of it, and every later start, knows it. */
export type PlatformHeard = {
  readonly type: 'PlatformHeard';
  /** The type of what was said: `TenantClosed`. */
  readonly what: string;
  readonly said: Readonly<Record<string, unknown>>;
  readonly happenedAt: Instant;
};

export type HearPlatform = { readonly by: By; readonly at: Instant } & Omit<PlatformHeard, 'type'> & { readonly type: 'HearPlatform' };

/** A journal: what is said is written down, in the order in which it is heard. */
const hearsay: Decider<HearPlatform, PlatformHeard, null, never> = {
  initial: null,
  evolve: (state) => state,
  decide: ({ what, said, happenedAt }) => [{ type: 'PlatformHeard', what, said, happenedAt }],
  remembersNothing: true,
};

const topic = 'recourse.governance.v1';
/** What every service has to know of a platform; what else governance says is for who asks for it. */
const kinds: ReadonlySet<string> = new Set(['TenantCreated', 'TenantLimited', 'TenantClosed', 'PolicyPublished']);

/** What became of keys and holds is told on the same topic; a service that keeps something of a key asks the keyring. */
const aboutKeys = /^(Keys|Hold)[A-Z]/;

/** Every service hears of every platform; governance hears itself. */
export const platformsHeard = (service: string): Hearing => ({
  consumer: 'platforms',
  topics: service === 'governance' ? [] : [topic],
  own: service === 'governance',
  react: ({ type: what, tenant, data, time: happenedAt }) => {
    if (aboutKeys.test(what)) return [];
    if (!kinds.has(what)) return [];
    const stream = `platform-${tenant}`;
    const { tenant: _tenant, ...said } = data;
    return [
      {
        stream,
        corr: stream,
        parts: ({ by, at }) => [part(hearsay, stream, { type: 'HearPlatform', what, said, happenedAt, by, at })],
      },
    ];
  },
});
