/**
 * What the clients of a run wrote down, one JSON object a line: before an operation is sent `invoke`, afterwards what they were told. `unknown` is
 * a reply that never came: it may have happened or not. An operation may be tried several times, under the same name.
 */
export type Line =
  | { readonly do: 'invoke'; readonly op: string; readonly stream: string; readonly events: number }
  | { readonly do: 'ok'; readonly op: string; readonly positions?: readonly number[] }
  | { readonly do: 'fail' | 'unknown'; readonly op: string };

export type Operation = {
  readonly op: string;
  readonly stream: string;
  readonly events: number;
  outcome: 'ok' | 'failed' | 'unknown';
  /** Where it was said to stand. */
  positions?: readonly number[];
};

/** The operations of a history with what is known of each: once ok, always ok; failed only when every try was refused. */
export class Histories {
  readonly operations = new Map<string, Operation>();
  #invoked = new Map<string, number>();
  #refused = new Map<string, number>();

  /** The last line of a killed client may be torn; any other unreadable line is an error of the run. */
  read(lines: Iterable<string>): this {
    let torn: string | undefined;
    for (const line of lines) {
      if (torn !== undefined) throw new Error(`A history cannot be read: ${torn.slice(0, 80)}`);
      if (line === '') continue;
      try {
        this.note(JSON.parse(line) as Line);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        torn = line;
      }
    }
    return this;
  }

  note(line: Line): void {
    const known = this.operations.get(line.op);
    if (line.do === 'invoke') {
      this.#invoked.set(line.op, (this.#invoked.get(line.op) ?? 0) + 1);
      if (!known) this.operations.set(line.op, { op: line.op, stream: line.stream, events: line.events, outcome: 'unknown' });
      else if (known.outcome === 'failed') known.outcome = 'unknown';
      return;
    }
    if (!known) throw new Error(`${line.op} was answered and never invoked.`);
    if (line.do === 'ok') {
      known.outcome = 'ok';
      if (line.positions) known.positions = line.positions;
    } else if (line.do === 'fail' && known.outcome !== 'ok') {
      this.#refused.set(line.op, (this.#refused.get(line.op) ?? 0) + 1);
      if (this.#refused.get(line.op) === this.#invoked.get(line.op)) known.outcome = 'failed';
    }
  }

  count(outcome: Operation['outcome']): number {
    let count = 0;
    for (const operation of this.operations.values()) if (operation.outcome === outcome) count++;
    return count;
  }
}
