import { refuse } from '@recourse/decider';
import type { By, Instant, SealedRef } from '@recourse/event-store';
import type { Endpoint, EndpointDecision, WhyDisabled } from './webhook-endpoint.js';

type Order = { readonly by: By; readonly at: Instant };

/** `allowed`: what the guard of outbound calls said of the address, looked up for this command. */
export type RegisterEndpoint = Order & {
  readonly type: 'RegisterEndpoint';
  readonly endpoint: string;
  readonly url: string;
  readonly allowed: boolean;
  readonly after: number;
  readonly sealed: readonly SealedRef[];
};
export type RotateSecret = Order & { readonly type: 'RotateSecret'; readonly sealed: readonly SealedRef[] };
export type DisableEndpoint = Order & { readonly type: 'DisableEndpoint'; readonly why: WhyDisabled };
export type EnableEndpoint = Order & { readonly type: 'EnableEndpoint' };
/** `head` is the number of the feed's last message. */
export type AskReplay = Order & { readonly type: 'AskReplay'; readonly after: number; readonly head: number };
export type AskTest = Order & { readonly type: 'AskTest'; readonly test: string };

/** Both signatures are sent for a day after a rotation, so that the receiver can change over when it likes. */
export const overlap = 24 * 3600 * 1000;

export const register = ({ endpoint, url, allowed, after, sealed }: RegisterEndpoint, state: Endpoint): EndpointDecision => {
  if (state.stage !== 'not-registered') return [];
  if (!allowed) return refuse('endpoint-address-not-allowed', { pointers: ['/url'] });
  return [{ type: 'EndpointRegistered', endpoint, url, after, sealed }];
};

export const rotate = ({ at, sealed }: RotateSecret, state: Endpoint): EndpointDecision =>
  state.stage === 'not-registered' ? [] : [{ type: 'SecretRotated', oldUntil: new Date(Date.parse(at) + overlap).toISOString(), sealed }];

export const disable = ({ why }: DisableEndpoint, state: Endpoint): EndpointDecision =>
  state.stage === 'enabled' ? [{ type: 'EndpointDisabled', why }] : [];

export const enable = (_: EnableEndpoint, state: Endpoint): EndpointDecision =>
  state.stage === 'disabled' ? [{ type: 'EndpointEnabled' }] : [];

export const askReplay = ({ after, head }: AskReplay, state: Endpoint): EndpointDecision => {
  if (state.stage !== 'enabled') return refuse('endpoint-is-disabled');
  if (after > head) return refuse('replay-starts-beyond-the-feed', { pointers: ['/after'], facts: { head } });
  return [{ type: 'ReplayAsked', after }];
};

export const askTest = ({ test }: AskTest, state: Endpoint): EndpointDecision =>
  state.stage === 'enabled' ? [{ type: 'TestAsked', test }] : refuse('endpoint-is-disabled');
