import { setTimeout as pause } from 'node:timers/promises';
import { Clients, type Load } from '../asking.js';
import type { Carried } from '../checking/delivering.js';
import { Histories } from '../checking/histories.js';
import { judge, type Evidence, type Verdict } from '../checking/judging.js';
import { topicOnKafka } from '../checking/reading.kafka.js';
import { topicOnBus } from '../checking/reading.pg.js';
import type { Ground } from '../grounding.js';
import type { Raised } from '../raising.js';
import type { Given } from '../running.js';
import type { Mutation } from '../serving/mutating.js';
import type { ServicePlan } from '../serving/planning.js';
import { Stage, type Role } from '../staging.js';

/** A process that is raised again whenever it has gone, under the same plan. */
export class Player {
  #raised: Raised | undefined;
  #port: number | undefined;
  /** Standing still, it is no use to anybody. */
  frozen = false;

  constructor(
    private readonly stage: Stage,
    private readonly role: Role,
    private readonly plan: Partial<ServicePlan> = {},
  ) {}

  /** Where it answers; undefined while it is away. */
  get port(): number | undefined {
    return this.#raised?.alive && !this.frozen ? this.#port : undefined;
  }
  get process(): Raised {
    if (!this.#raised) throw new Error(`The ${this.role} has not been raised.`);
    return this.#raised;
  }

  async raise(more: Partial<ServicePlan> = {}): Promise<this> {
    this.#port = undefined;
    this.#raised = await this.stage.raise(this.role, { ...this.plan, ...more });
    this.#port = await this.#raised.ready;
    return this;
  }

  /** kill -9, then a new process of the same role. */
  async killAndRaise(): Promise<void> {
    await this.process.kill();
    await this.raise();
  }
}

/** A speaker, a hearer, clients: what most runs disturb in one way or another. */
export type Play = {
  readonly stage: Stage;
  readonly speakers: readonly Player[];
  readonly hearers: readonly Player[];
  readonly histories: Histories;
  readonly clients: Clients;
  readonly mutation?: Mutation | undefined;
};

export type Cast = {
  readonly ground?: Ground;
  /** Of a cluster of the run's own. */
  readonly brokers?: readonly string[];
  readonly speakers?: number;
  readonly hearers?: number;
  readonly speaker?: (stage: Stage) => Partial<ServicePlan>;
  readonly hearer?: (stage: Stage) => Partial<ServicePlan>;
  readonly load?: Partial<Load>;
};

export const play = async <Found>(given: Given, cast: Cast, work: (play: Play) => Promise<Found>): Promise<Found> => {
  const stage = await Stage.set(cast.ground ?? given.ground, given.carries, cast.brokers);
  const mutation = given.mutation ? { mutation: given.mutation } : {};
  const players = (role: Role, number: number, more: Partial<ServicePlan> = {}) =>
    Array.from({ length: number }, () => new Player(stage, role, { ...mutation, ...more }));
  const speakers = players('speaker', cast.speakers ?? 1, cast.speaker?.(stage));
  const hearers = players('hearer', cast.hearers ?? 1, cast.hearer?.(stage));
  const histories = new Histories();
  const doors = () => speakers.flatMap(({ port }) => port ?? []);
  const clients = new Clients({ drawing: given.drawing, histories, doors, rate: 100, streams: 25, ...cast.load });
  try {
    await Promise.all([...speakers, ...hearers].map((player) => player.raise()));
    return await work({ stage, speakers, hearers, histories, clients, mutation: given.mutation });
  } finally {
    await clients.stop();
    await stage.clear();
  }
};

/** Looks every 50 ms until it holds; how long that took, or undefined when it did not within `ms`. */
export const until = async (holds: () => boolean | Promise<boolean>, ms = 60_000): Promise<number | undefined> => {
  for (const began = Date.now(); Date.now() - began < ms; await pause(50)) if (await holds()) return Date.now() - began;
  return undefined;
};

/** The topic between the services, as the checker reads it. */
export const topicOf = ({ topic, carrier, adminUrl }: Stage): Promise<Carried[]> => {
  if (carrier.kind === 'kafka') return topicOnKafka(carrier.brokers, topic);
  const url = new URL(adminUrl);
  url.pathname = new URL(carrier.url).pathname;
  return topicOnBus(url.href, topic);
};

/** Waits until all is heard, clears the stage, and lets the checker look. */
export const judged = async (
  { stage, histories, clients, mutation }: Play,
  { quiet, held, ...more }: Partial<Evidence> & { quiet?: number; held?: number } = {},
): Promise<Verdict> => {
  await clients.stop();
  const patience = quiet ?? (mutation ? 10_000 : 20_000);
  await stage.settled({ quiet: patience, ...(held !== undefined && { held }) });
  await stage.clear();
  const { speaker, hearer } = stage.databases;
  return judge({ histories, speaker: speaker.owner, hearer: hearer.owner, followers: ['effects'], topic: await topicOf(stage), ...more });
};
