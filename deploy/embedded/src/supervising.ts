import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CannotStart } from './refusing-to-start.js';

export type Supervised = {
  readonly name: string;
  /** The compiled main file. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 200 when the service is ready. */
  readonly readyUrl: string;
  readonly logFile: string;
  readonly say: (line: string) => void;
  /** First pause before a crashed service is started again; each further one is twice as long. */
  readonly backoffMs?: number;
};

const lifeline = fileURLToPath(new URL('../dist/lifeline.js', import.meta.url));
/** Small heaps: six services share one laptop with everything else on it. */
const frugal = ['--max-semi-space-size=2', '--max-old-space-size=160', '--disable-warning=ExperimentalWarning'];

const longestBackoff = 30_000;
const healthyAfter = 60_000;
const startPatience = 90_000;
const stopPatience = 3_000;

/** One service as a process of its own: started, watched, started again when it crashes. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private wanted = false;
  private crashes = 0;
  private again: AbortController | undefined;

  constructor(private readonly service: Supervised) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when it is ready; rejects in words when it ends before that. */
  async start(): Promise<void> {
    this.wanted = true;
    this.crashes = 0;
    const child = this.spawn();
    const from = sizeOf(this.service.logFile);
    let ended = false;
    child.once('exit', () => (ended = true));
    for (const deadline = Date.now() + startPatience; Date.now() < deadline; await pause(40)) {
      if (ended) throw this.didNotStart(from);
      if (await this.ready()) return this.watch(child);
    }
    throw new CannotStart(`${this.service.name} was not ready after ${startPatience / 1000} s; ${this.service.logFile} says why.`);
  }

  /** Ends it in good order, or by force when that takes too long. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends it as a power cut would. It stays down until it is started again. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.wanted = false;
    this.again?.abort();
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), stopPatience);
    await gone;
    clearTimeout(force);
  }

  private spawn(): ChildProcess {
    const { entry, environment, logFile } = this.service;
    const log = fs.openSync(logFile, 'a');
    try {
      this.child = spawn(process.execPath, [...frugal, '--import', lifeline, entry], {
        stdio: ['pipe', log, log],
        // A group of its own: Ctrl-C in the terminal reaches the starter alone, which ends everybody in order.
        detached: true,
        env: { ...process.env, ...environment },
      });
    } finally {
      fs.closeSync(log);
    }
    this.child.on('error', () => undefined); // shows as an end
    this.child.stdin!.on('error', () => undefined);
    return this.child;
  }

  private watch(child: ChildProcess): void {
    const since = Date.now();
    const ended = (): void => void this.startAgain(child, Date.now() - since > healthyAfter);
    if (child.exitCode !== null || child.signalCode !== null) ended();
    else child.once('exit', ended);
  }

  private async startAgain(child: ChildProcess, wasHealthy: boolean): Promise<void> {
    if (!this.wanted) return;
    this.crashes = wasHealthy ? 1 : this.crashes + 1;
    const wait = Math.min((this.service.backoffMs ?? 500) * 2 ** (this.crashes - 1), longestBackoff);
    const how = child.signalCode ?? `exit code ${child.exitCode}`;
    this.service.say(`${this.service.name} stopped (${how}); starting it again in ${wait / 1000} s. Its log: ${this.service.logFile}`);
    this.again = new AbortController();
    try {
      await pause(wait, undefined, { signal: this.again.signal });
    } catch {
      return; // stopped meanwhile
    }
    this.watch(this.spawn());
  }

  private async ready(): Promise<boolean> {
    try {
      const answer = await fetch(this.service.readyUrl, { signal: AbortSignal.timeout(1_000) });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  }

  private didNotStart(from: number): CannotStart {
    const { name, logFile } = this.service;
    const said = lastWords(logFile, from);
    return new CannotStart(`${name} did not start${said ? `: ${said}` : ''}\nIts log is ${logFile}`);
  }
}

const sizeOf = (file: string): number => (fs.existsSync(file) ? fs.statSync(file).size : 0);

/** What a service said before it ended: its fatal words when it says structured lines, else its last plain ones. */
const lastWords = (file: string, from: number): string => {
  const lines = fs.readFileSync(file).subarray(from).toString().split('\n').map(read);
  const fatal = lines.filter(({ level }) => level === 'fatal').map(({ text }) => text);
  // A message of several lines is indented after its first; a stack trace is for the log alone.
  const plain = lines
    .filter(({ level, text }) => level === undefined && text.trim() && !/^\s+at |^Node\.js v/.test(text))
    .map(({ text }) => text);
  return (fatal.length > 0 ? fatal : plain.slice(-12)).join('\n').trim();
};

const read = (line: string): { readonly level?: string; readonly text: string } => {
  try {
    const { level, msg } = JSON.parse(line) as { level?: string; msg?: string };
    return { level: level ?? 'info', text: msg ?? '' };
  } catch {
    return { text: line };
  }
};

/** Called before a log is written to: a large one becomes `.1`, the old `.1` becomes `.2`, and so on; the oldest goes. */
export const rotate = (file: string, { largest = 5 * 1024 * 1024, kept = 3 } = {}): void => {
  if (sizeOf(file) < largest) return;
  fs.rmSync(`${file}.${kept}`, { force: true });
  for (let n = kept - 1; n >= 1; n--) if (fs.existsSync(`${file}.${n}`)) fs.renameSync(`${file}.${n}`, `${file}.${n + 1}`);
  fs.renameSync(file, `${file}.1`);
};

export const logFileOf = (home: string, name: string): string => path.join(home, 'logs', `${name}.log`);
