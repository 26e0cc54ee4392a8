import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** W3C trace context of the request in hand. */
export type Trace = { readonly traceId: string; readonly spanId: string; readonly flags: string };

declare module 'fastify' {
  interface FastifyRequest {
    trace: Trace;
  }
}

const current = new AsyncLocalStorage<Trace>();

/** Goes on with the caller's trace in a span of our own, or begins a trace. */
export const traceFrom = (traceparent: string | undefined): Trace => {
  const found = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '');
  const [, traceId = '', parent = '', flags = '00'] = found ?? [];
  const usable = found && !/^0+$/.test(traceId) && !/^0+$/.test(parent);
  return {
    traceId: usable ? traceId : randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    flags: usable ? flags : '00',
  };
};

/** Everything called from `work`, now or later, belongs to the trace. */
export const within = <T>(trace: Trace, work: () => T): T => current.run(trace, work);

/** The header for a call we make on behalf of the request in hand; undefined outside a request. */
export const outgoingTraceparent = (): string | undefined => {
  const trace = current.getStore();
  return trace && `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
};
