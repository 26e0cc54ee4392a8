import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Carrier } from './carrying.js';

export type ChildPlan = {
  readonly carrier: Carrier;
  readonly topic: string;
  /** The database whose log the child's relay tells; none: it only hears. */
  readonly speaker?: string;
  readonly hearer: string;
  /** A text that ends the process of whoever hears it. */
  readonly deadly?: string;
  /** A text that takes long to hear, so that it is in hand when the deadly one comes. */
  readonly slow?: string;
};
export type Child = { readonly gone: Promise<void>; kill(): Promise<void> };

const libs = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** A process of its own that tells and hears until it is killed, without warning. */
export const childOf = (plan: ChildPlan): Child => {
  const sources = pathToFileURL(path.join(libs, 'event-store/test/sources.mjs')).href;
  const program = path.join(libs, 'relay/test/hearing-until-killed.mjs');
  const args = [
    '--conditions=@recourse/source',
    '--disable-warning=ExperimentalWarning',
    '--import',
    sources,
    program,
    JSON.stringify(plan),
  ];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    gone,
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
};
