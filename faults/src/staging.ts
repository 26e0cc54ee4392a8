import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { provision } from '@recourse/embedded';
import { migrate } from '@recourse/event-store';
import { prepareBus, relayMigrations } from '@recourse/relay';
import pg from 'pg';
import type { Ground } from './grounding.js';
import { serve, type Raised } from './raising.js';
import { EffectTable1790000000000 } from './serving/effect.migration.js';
import { SaidSoFarTable1790000000001 } from './serving/viewing.js';
import type { Carrier, ServicePlan } from './serving/planning.js';

export type Role = 'speaker' | 'hearer';
type Database = { readonly owner: string; readonly log: string; readonly web: string };
type Migrations = NonNullable<Parameters<typeof migrate>[0]['migrations']>;

let staged = 0;

/** One run's services: a speaker and a hearer with fresh databases, a topic between them, and whoever is raised to play them. */
export class Stage {
  readonly topic = `faults.${randomUUID()}.v1`;
  readonly #raised: Raised[] = [];

  private constructor(
    readonly ground: Ground,
    readonly databases: Readonly<Record<Role, Database>>,
    readonly carrier: Carrier,
    readonly adminUrl: string,
  ) {}

  static async set(ground: Ground, carries: Carrier['kind'], brokers?: readonly string[]): Promise<Stage> {
    const { url } = await ground.postgres();
    const prefix = `run${++staged}_`;
    const { services, bus } = await provision(url, {
      services: ['speaker', 'hearer'],
      passwords: () => 'faults',
      prefix: { databases: prefix, roles: prefix },
    });
    const migrations = [...relayMigrations, EffectTable1790000000000, SaidSoFarTable1790000000001] as unknown as Migrations;
    for (const service of ['speaker', 'hearer'] as const)
      await migrate({ ownerUrl: services[service].owner, service, logDomain: 'faults.example', migrations });
    if (carries === 'postgres') await prepareBus(bus.owner);
    const carrier: Carrier =
      carries === 'postgres'
        ? { kind: 'postgres', url: services.speaker.bus }
        : { kind: 'kafka', brokers: brokers ?? [(await ground.kafka()).brokers] };
    return new Stage(ground, services, carrier, url);
  }

  /** Raises a process that plays this role; `more` wins. */
  async raise(role: Role, more: Partial<ServicePlan> = {}): Promise<Raised> {
    const raised = serve(this.planOf(role, more), path.join(this.ground.folder, `${role}-${this.#raised.length}.log`));
    this.#raised.push(raised);
    await raised.ready;
    return raised;
  }

  planOf(role: Role, more: Partial<ServicePlan> = {}): ServicePlan {
    const { topic, carrier } = this;
    const duties = role === 'speaker' ? { speaks: true, follows: { name: 'effects', version: 1 } } : { hears: true };
    return { service: role, logUrl: this.databases[role].log, carrier, topic, ...duties, ...more };
  }

  /** Whatever else has to be gone at the end. */
  keep(raised: Raised): Raised {
    this.#raised.push(raised);
    return raised;
  }

  /**
   * Until every sentence has been tallied and followed, or nothing has changed for `quiet` milliseconds: then the checker says what is missing.
   * `held` is the number of sentences that are meant to wait.
   */
  async settled({ quiet = 20_000, held = 0 }: { quiet?: number; held?: number } = {}): Promise<boolean> {
    let last = '';
    for (let changed = Date.now(); Date.now() - changed < quiet; await pause(150)) {
      const now = await Promise.all([
        count(this.databases.speaker.owner, `select count(*) as n from log.event where type = 'Said'`),
        count(this.databases.hearer.owner, `select count(*) as n from log.event where type = 'Tallied'`),
        count(
          this.databases.speaker.owner,
          `select max(position) - coalesce((select max(position) from faults.effect), -1) as n from log.event`,
        ),
      ]);
      if (now[1] + held >= now[0] && now[2] === 0) return true;
      if (String(now) !== last) changed = Date.now();
      last = String(now);
    }
    return false;
  }

  /** Everybody leaves: in order, or killed where they do not. What a dead process had sent may still be written, so a moment passes. */
  async clear(): Promise<void> {
    await Promise.all(this.#raised.filter(({ alive }) => alive).map((raised) => raised.kill()));
    await pause(300);
  }
}

/** One number, whenever the server answers again. */
export const count = async (url: string, sql: string): Promise<number> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ n: string }>(sql);
    return Number(rows[0]!.n);
  } catch {
    return -1;
  } finally {
    await client.end().catch(() => undefined);
  }
};
