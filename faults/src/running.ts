import { faultKinds, type Findings } from './checking/finding.js';
import type { Verdict } from './checking/judging.js';
import type { Drawing } from './drawing.js';
import type { Ground } from './grounding.js';
import type { Carrier } from './serving/planning.js';
import type { Mutation } from './serving/mutating.js';

/** What a run is given. */
export type Given = {
  readonly drawing: Drawing;
  readonly long: boolean;
  /** Shared by the runs of one command; a run that kills the server makes its own. */
  readonly ground: Ground;
  readonly carries: Carrier['kind'];
  readonly mutation?: Mutation;
  /** How many events soak and plans write, if not as many as usual. */
  readonly events?: number;
  /** Progress, for people. */
  readonly say: (sentence: string) => void;
};

/** What a run has found out. */
export type Result = {
  /** Begins the line: `20 kills`. */
  readonly did: string;
  readonly verdict: Pick<Verdict, 'ok' | 'failed' | 'unknown' | 'findings'>;
  readonly figures: Readonly<Record<string, number | string>>;
  /** Claims beside the checker's, each true or false. */
  readonly claims?: Readonly<Record<string, boolean>>;
};

export type Run = {
  /** F4, or a word. */
  readonly name: string;
  readonly title: string;
  /** What is done, and what must hold: a sentence each, for `list` and docs/faults.md. */
  readonly does: string;
  readonly holds: string;
  /** Only by command: it needs more of a machine than CI has. */
  readonly onlyLong?: true;
  readonly mutations?: readonly Mutation[];
  readonly run: (given: Given) => Promise<Result>;
};

export const passed = ({ verdict, claims = {} }: Result): boolean => verdict.findings.total === 0 && Object.values(claims).every(Boolean);

const number = new Intl.NumberFormat('en-GB');
export const shown = (value: number | string): string => (typeof value === 'number' ? number.format(value) : value);

/** `F4 postgres-kill: 20 kills, 3,120 ok / 0 failed / 214 unknown, 0 lost, 0 doubled, 0 gaps, seed 42` */
export const lineOf = (
  { name, title }: Pick<Run, 'name' | 'title'>,
  { did, verdict, figures, claims = {} }: Result,
  seed: number,
): string => {
  const { ok, failed, unknown, findings } = verdict;
  const parts = [
    did,
    `${shown(ok)} ok / ${shown(failed)} failed / ${shown(unknown)} unknown`,
    ...countsOf(findings),
    ...Object.entries(figures).map(([figure, value]) => `${figure} ${shown(value)}`),
    ...Object.entries(claims).flatMap(([claim, holds]) => (holds ? [] : [`NOT TRUE: ${claim}`])),
    `seed ${seed}`,
  ];
  return `${name}${title === name ? '' : ` ${title}`}: ${parts.join(', ')}`;
};

const countsOf = ({ counts }: Findings): string[] =>
  faultKinds
    .filter((kind) => ['lost', 'doubled', 'gaps'].includes(kind) || counts[kind] > 0)
    .map((kind) => `${shown(counts[kind])} ${kind}`);

/** The value below which this share of the others lies. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};
