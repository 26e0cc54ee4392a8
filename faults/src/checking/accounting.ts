import type { Findings } from './finding.js';
import type { Histories } from './histories.js';
import type { Entry } from './reviewing.js';

type Standing = { readonly stream: string; readonly numbers: number[]; readonly positions: number[] };

/**
 * Holds what the clients were told against what stands in the log. Each event names its operation (`op`) and its number in it (`n`): an operation
 * that was acknowledged stands there whole, once, where it was said to stand; one whose reply never came stands there whole or not at all; one
 * that was refused does not stand there; and nothing stands there that nobody asked for.
 */
export class Accounting {
  readonly #standing = new Map<string, Standing>();

  add({ stream, position, data }: Pick<Entry, 'stream' | 'position' | 'data'>): void {
    const op = String(data['op']);
    const standing = this.#standing.get(op);
    if (standing) {
      standing.numbers.push(Number(data['n']));
      standing.positions.push(position);
    } else this.#standing.set(op, { stream, numbers: [Number(data['n'])], positions: [position] });
  }

  /** How many operations stand in the log. */
  get applied(): number {
    return this.#standing.size;
  }

  close(histories: Histories, findings: Findings): void {
    for (const { op, stream, events, outcome, positions } of histories.operations.values()) {
      const standing = this.#standing.get(op);
      if (!standing) {
        if (outcome === 'ok') findings.add('lost', `${op} was acknowledged and stands nowhere`);
        continue;
      }
      if (outcome === 'failed') findings.add('unasked', `${op} was refused and stands at ${standing.positions[0]}`);
      if (standing.stream !== stream) findings.add('broken', `${op} stands on ${standing.stream}, not on ${stream}`);
      if (standing.numbers.length > events) findings.add('doubled', `${op} stands at ${standing.positions.slice(0, 4).join(', ')}`);
      else if (standing.numbers.length < events) findings.add('lost', `${op} has ${standing.numbers.length} of ${events} events`);
      else if (standing.numbers.some((n, index) => n !== index)) findings.add('inverted', `${op}: ${standing.numbers.join(' ')}`);
      else if (positions && String(positions) !== String(standing.positions))
        findings.add('broken', `${op} was said to stand at ${positions.join(' ')}, and stands at ${standing.positions.join(' ')}`);
    }
    for (const op of this.#standing.keys())
      if (!histories.operations.has(op)) findings.add('unasked', `${op} stands, and nobody invoked it`);
  }
}
