import type { Past } from './past.js';

/** One webhook endpoint as the platform sees it. Its secret is never shown again, so it is not even pointed at here. */
export type EndpointHistory = {
  readonly endpoint: string;
  readonly url: string;
  readonly state: 'enabled' | 'disabled';
  /** Number of the last message before the first one it gets. */
  readonly after: number;
  readonly registeredAt: string;
  readonly secretSince: string;
  /** Until then the secret before signs as well. */
  readonly oldSecretUntil?: string;
  readonly disabled?: { readonly at: string; readonly why: string };
  readonly lastReplay?: { readonly askedAt: string; readonly after: number };
  readonly lastTest?: { readonly askedAt: string; readonly test: string };
};

export const endpointHistory = (history: EndpointHistory | undefined, { type, at, data }: Past): EndpointHistory => {
  if (type === 'EndpointRegistered') {
    const { endpoint, url, after } = data as unknown as Pick<EndpointHistory, 'endpoint' | 'url' | 'after'>;
    return { endpoint, url, state: 'enabled', after, registeredAt: at, secretSince: at };
  }
  if (!history) throw new Error(`an endpoint begins with EndpointRegistered, not with ${type}`);
  switch (type) {
    case 'SecretRotated':
      return { ...history, secretSince: at, oldSecretUntil: data['oldUntil'] as string };
    case 'EndpointDisabled':
      return { ...history, state: 'disabled', disabled: { at, why: data['why'] as string } };
    case 'EndpointEnabled': {
      const { disabled: _, ...rest } = history;
      return { ...rest, state: 'enabled' };
    }
    case 'ReplayAsked':
      return { ...history, lastReplay: { askedAt: at, after: data['after'] as number } };
    case 'TestAsked':
      return { ...history, lastTest: { askedAt: at, test: data['test'] as string } };
    default:
      throw new Error(`unknown to a webhook endpoint: ${type}`);
  }
};

/** The one answer that shows a secret. */
export type EndpointWithSecret = EndpointHistory & {
  /** `whsec_…`, for any Standard Webhooks library. Never shown again. */
  readonly secret?: string;
};

/** One line of the list of endpoints. */
export type EndpointLine = Pick<EndpointHistory, 'endpoint' | 'url' | 'state' | 'after' | 'registeredAt'>;

/** One try at an endpoint. */
export type DeliveryLine = {
  /** Number of the message; null for a test. */
  readonly number: number | null;
  readonly message: string;
  readonly type: string;
  readonly attempt: number;
  readonly at: string;
  /** What the receiver answered; null when no answer came. */
  readonly status: number | null;
  /** Why no answer came, as a code. */
  readonly failed: string | null;
  readonly ms: number;
  readonly nextTry: string | null;
};
