import type { CallFailure } from './failing.js';

/** What is asked of a stranger's server. `answer: 'discard'` wants the status alone. */
export type Asked = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly answer?: 'read' | 'discard';
};

/** What a server answered (any status, redirects too), or why no answer came; `ms` is how long that took. */
export type Called =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array; readonly ms: number }
  | { readonly failed: CallFailure; readonly ms: number };

/** The one way out of the house. It never throws for what the other side did. */
export interface Outbound {
  /** Whether an address may be called at all: its form only, since names may be resolved differently tomorrow. */
  mayCall(address: string): boolean;
  call(address: string, asked: Asked): Promise<Called>;
  close(): Promise<void>;
}

export type { CallFailure } from './failing.js';
export { isPublic, judge, usualPorts, type Named, type WhyNotCalled } from './guarding.js';
export { OutboundClient, usualLimits, type CallLimits, type OutboundOptions } from './outbound.client.js';
