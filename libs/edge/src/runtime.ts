import type { EventStore, Views } from '@recourse/event-store';
import type { Verify } from '@recourse/identity';
import type { Privacy } from '@recourse/privacy';
import type { Transport } from '@recourse/relay';
import type { Closing } from './closing.js';
import type { Configuration } from './configuring.js';
import type { Log } from './logging.js';
import type { Metrics } from './measuring.js';
import type { Overseeing } from './operations/overseeing.pg.js';
import type { TenantLimits } from './platforms/limiting.js';
import type { Platforms } from './platforms/platforms.js';
import type { Secrets } from './secrets.js';
import type { Settings } from './settings.js';

/** Whether requests should come: every part by name, and what it is waiting for. */
export type Readiness = { readonly ready: boolean; readonly parts: Readonly<Record<string, string>> };

/** Everything a running service leans on, made before Nest and closed after it. */
export type Runtime = {
  readonly configuration: Configuration;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly closing: Closing;
  readonly secrets: Secrets;
  readonly verify: Verify;
  /** Which platforms there are, as governance has said. */
  readonly platforms: Platforms;
  /** What each platform has decided for itself. */
  readonly settings: Settings;
  /** What each platform may do at most. */
  readonly limits: TenantLimits;
  readonly store: EventStore;
  readonly privacy: Privacy;
  readonly views: Views;
  readonly transport: Transport;
  /** For operators: what waits, and how telling and hearing stand. */
  readonly overseeing: Overseeing;
  readonly readiness: () => Promise<Readiness>;
  /** Relay, inbox, views and due work stop; then the pools close. */
  readonly close: () => Promise<void>;
};

/** Injects the whole of it; services rather take the parts. */
export const RUNTIME = Symbol.for('recourse.runtime');
