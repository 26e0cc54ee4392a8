import type { Server } from './serving.pg.js';
import type { Figure, Goal } from './weighing.js';

/** How long and how often: the same for ours and for what it is compared with. */
export type Manner = {
  readonly rounds: number;
  /** Of measuring, after `warmUp` seconds that do not count. */
  readonly seconds: number;
  readonly warmUp: number;
  /** A smoke run: shows that everything works, and measures nothing that could be quoted. */
  readonly short: boolean;
  /** How many events `grow` grows to. */
  readonly grow: number;
  /** A directory for CPU profiles of our own processes. */
  readonly profile?: string;
};

/** A manner, and the one PostgreSQL for everything that is compared. */
export type Course = Manner & { readonly server: Server };

/** Something to compare with. `missing` says in one sentence why it cannot be measured here. */
export type Baseline = {
  /** Put behind the benchmark's name where there are several. */
  readonly suffix?: string;
  readonly against: string;
  readonly goal?: Goal;
  readonly missing?: string;
  measure?(course: Course): Promise<Figure>;
};

/** One benchmark: measured round by round, ours and each baseline in turn. */
export type Benchmark = {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly better?: 'higher' | 'lower';
  /** What all rounds share (a filled database); undone by what it returns. */
  prepare?(course: Course, say: (sentence: string) => void): Promise<() => Promise<void>>;
  measure(course: Course): Promise<Figure>;
  readonly baselines: readonly Baseline[];
};

/** Something that a benchmark needs is not on this machine: one sentence for the person who can change that. */
export class Missing extends Error {}

export const least = (ratio: number): Goal => ({ of: 'ratio', least: ratio });

/** All that are named: `append` names all of its family, `append.32` one. Nothing named means all. An unknown name is returned as such. */
export const choose = <Named extends { readonly name: string }>(
  all: readonly Named[],
  wanted: readonly string[],
): { readonly chosen: readonly Named[]; readonly unknown: readonly string[] } => {
  const names = (want: string, name: string) => name === want || name.startsWith(`${want}.`);
  return {
    chosen: wanted.length === 0 ? all : all.filter(({ name }) => wanted.some((want) => names(want, name))),
    unknown: wanted.filter((want) => !all.some(({ name }) => names(want, name))),
  };
};
