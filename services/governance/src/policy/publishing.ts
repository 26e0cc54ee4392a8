import { millisecondsOf, type PolicyBodies, type PolicyKind, type PublishedPolicy } from '@recourse/contracts';
import { decisions, refuse, type Decider } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import { evolve, initial, type Policies, type PolicyDecision, type PolicyEvent } from './policies.js';
import type { PolicyRefusal } from './refusals.js';

/** One kind with what it says. */
export type PolicySaid = { readonly [Kind in PolicyKind]: { readonly kind: Kind; readonly body: PolicyBodies[Kind] } }[PolicyKind];

export type PublishPolicy = { readonly type: 'PublishPolicy'; readonly by: By; readonly at: Instant } & PolicySaid & {
    /** At once when left out. */
    readonly effectiveFrom?: Instant;
    readonly hash: string;
  };

/** Every service writes it into its own log, and a record holds 8 KiB: what surrounds it there must fit as well. */
const mostBytes = 6_144;
/** SP 800-63B: a code that was sent out of band is good for ten minutes at most. */
const longestCode = 600_000;

/**
 * The next version of its kind. What has been in force is never changed: a policy holds from now on or later, and never before the one published before it, so
 * that two readers of an instant always read the same.
 */
export const publish = (command: PublishPolicy, { last }: Policies): PolicyDecision => {
  const { kind, body, hash, at, effectiveFrom = at } = command;
  const before = last[kind];
  if (before?.hash === hash && (command.effectiveFrom ?? before.effectiveFrom) === before.effectiveFrom) return [];
  if (effectiveFrom < at) return refuse('policy-is-never-in-the-past', { pointers: ['/effectiveFrom'] });
  if (before && effectiveFrom < before.effectiveFrom)
    return refuse('policy-would-overtake', {
      pointers: ['/effectiveFrom'],
      facts: { version: before.version, from: before.effectiveFrom },
    });
  const bytes = new TextEncoder().encode(JSON.stringify(body)).length;
  if (bytes > mostBytes) return refuse('policy-is-too-long', { facts: { bytes, most: mostBytes } });
  const wrong = whatIsWrong(command);
  if (wrong) return wrong;
  const policy = { kind, version: (before?.version ?? 0) + 1, effectiveFrom, hash, body } as PublishedPolicy;
  return [{ type: 'PolicyPublished', ...policy }];
};

/** What no field can say by itself. */
const whatIsWrong = (said: PolicySaid): ReturnType<typeof refuse<PolicyRefusal>> | undefined => {
  switch (said.kind) {
    case 'codes':
      return millisecondsOf(said.body.stepUp.validFor) > longestCode
        ? refuse('codes-live-too-long', { pointers: ['/stepUp/validFor'] })
        : undefined;
    case 'lock-rules': {
      const names = said.body.lockRules.map(({ rule }) => rule);
      const twice = names.findIndex((name, at) => names.indexOf(name) < at);
      return twice < 0 ? undefined : refuse('policy-says-it-twice', { pointers: [`/lockRules/${twice}/rule`] });
    }
    case 'terms': {
      const versions = said.body.terms.map(({ version }) => version);
      const twice = versions.findIndex((name, at) => versions.indexOf(name) < at);
      return twice < 0 ? undefined : refuse('policy-says-it-twice', { pointers: [`/terms/${twice}/version`] });
    }
    default:
      return undefined;
  }
};

/** Everything that may be done about a platform's policies. */
export const policies: Decider<PublishPolicy, PolicyEvent, Policies, PolicyRefusal> = {
  initial,
  evolve,
  decide: decisions({ PublishPolicy: publish }),
};
