/**
 * What can be wrong: something acknowledged is missing (or never reached who had to hear it), happened twice, left a hole in a numbering, came in
 * another order, does not fit its hash or its predecessor, or was asked by nobody.
 */
export const faultKinds = ['lost', 'doubled', 'gaps', 'inverted', 'broken', 'unasked'] as const;
export type FaultKind = (typeof faultKinds)[number];
export type Fault = { readonly kind: FaultKind; readonly what: string };

const mostKept = 25;

/** Counts every fault and keeps the first ones to show. */
export class Findings {
  readonly faults: Fault[] = [];
  readonly counts: Record<FaultKind, number> = { lost: 0, doubled: 0, gaps: 0, inverted: 0, broken: 0, unasked: 0 };

  add(kind: FaultKind, what: string): void {
    this.counts[kind]++;
    if (this.faults.length < mostKept) this.faults.push({ kind, what });
  }

  get total(): number {
    return faultKinds.reduce((sum, kind) => sum + this.counts[kind], 0);
  }
}

/** Compares what took effect, in the order of taking effect, with what had to: each once, in this order. */
export const compareOrder = (where: string, wanted: readonly string[], seen: readonly string[], findings: Findings): void => {
  const place = new Map(wanted.map((id, index) => [id, index]));
  const met = new Set<string>();
  let furthest = -1;
  for (const id of seen) {
    const index = place.get(id);
    if (index === undefined) findings.add('unasked', `${where}: ${id}`);
    else if (met.has(id)) findings.add('doubled', `${where}: ${id}`);
    else if (index < furthest) findings.add('inverted', `${where}: ${id} after ${wanted[furthest]}`);
    if (index !== undefined) furthest = Math.max(furthest, index);
    met.add(id);
  }
  for (const id of wanted) if (!met.has(id)) findings.add('lost', `${where}: ${id}`);
};
