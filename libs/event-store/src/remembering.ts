import { byPrefix, foldRecords, type Histories } from './folding.js';
import type { Recorded } from './record.js';

/** Where a stream stood, and about how much room its state takes. */
type Known = { readonly version: number; readonly state: unknown; readonly size: number };

/** What reads the beginnings of several streams at once: every record of them before the version said. */
export type ReadBeginnings = (wanted: readonly { readonly stream: string; readonly before: number }[]) => Promise<readonly Recorded[]>;

/** The room that states may take while a view is far behind, and once it has caught up, in characters of the records they were folded from. */
const roomy = 24_000_000;
const modest = 2_000_000;
const streamsAtOnce = 250;

/**
 * The state in which each record left its stream, for a view that takes in the log batch after batch. What the first question of a batch does
 * not find in memory is read for the whole batch in one query; a query for each stream made a rebuild thirty times slower.
 */
export class Memory {
  readonly #known = new Map<string, Known>();
  #size = 0;
  #room = roomy;
  #batch = new Map<string, Recorded[]>();

  constructor(
    private readonly histories: Histories,
    private readonly readBeginnings: ReadBeginnings,
  ) {}

  /** The records that come next, in order. */
  begin(records: readonly Recorded[], behind: boolean): void {
    this.#room = behind ? roomy : modest;
    this.#forget();
    this.#batch = new Map();
    for (const record of records) {
      const of = this.#batch.get(record.stream);
      if (of) of.push(record);
      else this.#batch.set(record.stream, [record]);
    }
  }

  /** The state this record of the batch left its stream in. */
  async at<State>(record: Recorded): Promise<State> {
    const { stream, version } = record;
    if (this.#known.get(stream)?.version === version) return this.#known.get(stream)!.state as State;
    if (!this.#reaches(stream, version)) await this.#load(stream);
    const known = this.#known.get(stream);
    const next = this.#batch.get(stream)!.filter((one) => one.version > (known?.version ?? -1) && one.version <= version);
    this.#remember(stream, next, known);
    return this.#known.get(stream)!.state as State;
  }

  /** Whether what is known of a stream, and the batch, are enough. After a batch that failed more may be known than is asked. */
  #reaches(stream: string, version: number): boolean {
    const known = this.#known.get(stream);
    const first = this.#batch.get(stream)![0]!.version;
    return known ? known.version >= first - 1 && known.version < version : first === 0;
  }

  /** The beginnings of all streams of the batch that have the same history and are not known well enough. */
  async #load(stream: string) {
    const history = byPrefix(this.histories, stream);
    if (!history) throw new Error(`No history is registered for ${stream}.`);
    const wanted = [...this.#batch].flatMap(([name, [first]]) => {
      const { version } = first!;
      if (name !== stream && (byPrefix(this.histories, name) !== history || this.#reaches(name, version))) return [];
      return [{ stream: name, before: version }];
    });
    for (const { stream: name } of wanted) this.#drop(name);
    const old = wanted.filter(({ before }) => before > 0);
    for (let at = 0; at < old.length; at += streamsAtOnce) {
      const beginnings = new Map<string, Recorded[]>();
      for (const record of await this.readBeginnings(old.slice(at, at + streamsAtOnce))) {
        const of = beginnings.get(record.stream);
        if (of) of.push(record);
        else beginnings.set(record.stream, [record]);
      }
      for (const [name, records] of beginnings) this.#remember(name, records, undefined);
    }
  }

  #remember(stream: string, records: readonly Recorded[], from: Known | undefined) {
    const last = records.at(-1);
    if (!last) throw new Error(`The log does not hold what ${stream} begins with.`);
    const state = foldRecords(this.histories, stream, records, from);
    const size = records.reduce((sum, { text }) => sum + text.length, from?.size ?? 0);
    this.#drop(stream);
    this.#known.set(stream, { version: last.version, state, size });
    this.#size += size;
  }

  #drop(stream: string) {
    this.#size -= this.#known.get(stream)?.size ?? 0;
    this.#known.delete(stream);
  }

  /** Between batches, so that what a batch has loaded lasts for it: the longest untouched goes first. */
  #forget() {
    for (const [stream] of this.#known) {
      if (this.#size <= this.#room) return;
      this.#drop(stream);
    }
  }
}
