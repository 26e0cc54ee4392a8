import type { PolicyVersions, PublishedSettings } from '@recourse/contracts';
import type { By, EventStore, Histories, Instant, Order, Outcome, Upcaster, View, Views } from '@recourse/event-store';
import type { Privacy } from '@recourse/privacy';
import type { Announce, Hearing as Heard, Watermarks } from '@recourse/relay';
import type { EntityManager } from 'typeorm';
import type { Configuration } from './configuring.js';
import type { Keeping } from './forgetting/forgetting.js';
import type { Refusals } from './refusing.js';

/** The command's time and author, told by the edge. */
export type Told = { readonly by: By; readonly at: Instant };

/** What hearing and due work may look at. */
export type Tools = { readonly store: EventStore; readonly views: Views; readonly privacy: Privacy; readonly settings: PlatformSettingsOf };
export interface PlatformSettingsOf {
  /** The platform's settings in force at an instant, now when left out; throws for a tenant nobody has set up. */
  of(tenant: string, at?: Instant): PublishedSettings;
  /** Those of exactly these versions, as a case was opened under them; left out: those before anything was published. */
  pinned(tenant: string, versions?: PolicyVersions): PublishedSettings;
  /** Whether it is there and open. */
  has(tenant: string): boolean;
  /** The platforms that are open, by name: nobody new is sent to a closed one. */
  tenants(): readonly string[];
}

/** What a service does about what it hears: libs/relay's hearing, with our tools. */
export type Hearing = Heard<Tools>;

/** Something that must happen by an instant: found in a view, done by a command that is harmless when sent twice. */
export type Due<Row = unknown> = {
  readonly name: string;
  /** Milliseconds between two looks. */
  readonly every: number;
  /** What is due, all tenants, soonest first; `now` is the database's clock. */
  find(manager: EntityManager, now: Instant, settings: PlatformSettingsOf): Promise<readonly Row[]>;
  act(row: Row, tools: DueTools): Promise<unknown>;
};
export type DueTools = Tools & {
  /** Up to when a topic has been heard completely: `watermarks.of('recourse.notice.v1')`. */
  readonly watermarks: Pick<Watermarks, 'of'>;
  /** `{ by: service, at: now of the tenant }` */
  told(tenant: string): Told;
  /** Carries the order out through the handling loop. A refusal is an answer (logged), not an error. */
  send(order: Order): Promise<Outcome>;
};
/** Keeps the row type inside one due: `due: [dueOf({ name, every, find, act })]`. */
export const dueOf = <Row>(due: Due<Row>): Due => due as Due;

export type HouseOptions = {
  /** `case-tracking`: the origin of the log, the name in records and metrics. */
  readonly service: string;
  /** By stream prefix: `{ case: caseHistory, 'step-up': stepUpHistory }`; the longest prefix wins. */
  readonly histories: Histories;
  /** By stream prefix as well; a prefix left out is not announced. */
  readonly announce?: Readonly<Record<string, Announce>>;
  /** From every shape that this service's events ever had to today's. */
  readonly upcasters?: readonly Upcaster[];
  readonly hears?: readonly Hearing[];
  readonly views?: readonly View[];
  readonly entities?: readonly (abstract new () => object)[];
  /** TypeORM migrations of the views' tables, oldest first. */
  readonly migrations?: readonly (new () => object)[];
  /** The refusals of all aggregates of this service. */
  readonly refusals: Refusals | readonly Refusals[];
  readonly due?: readonly Due[];
  /** What this service keeps of what keys seal, beside its log and the messages that wait: it is forgotten with the key. */
  readonly keeps?: (configuration: Configuration) => readonly Keeping[];
};

export const EVENT_STORE = Symbol.for('recourse.event-store');
export const PRIVACY = Symbol.for('recourse.privacy');
/** Whatever carries messages: for the notary, who hears records past the inbox. */
export const TRANSPORT = Symbol.for('recourse.transport');
export const VIEWS = Symbol.for('recourse.views');
export const HOUSE = Symbol.for('recourse.house');
