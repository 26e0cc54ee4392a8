/** What one measurement gave: a rate or a time, and whatever else is worth telling of it. */
export type Figure = { readonly value: number; readonly details?: Details };
export type Details = Readonly<Record<string, number>>;

/** `least`: the ratio (or value) shall not be lower; `below`: it shall be lower. */
export type Goal = { readonly of: 'ratio' | 'value'; readonly least: number } | { readonly of: 'ratio' | 'value'; readonly below: number };

/** One line of the table. */
export type Row = {
  readonly name: string;
  /** Ours, the median over all rounds. Undefined where it could not be measured. */
  readonly value?: number;
  readonly baseline?: number;
  readonly ratio?: number;
  readonly unit: string;
  readonly what: string;
  /** What the baseline is. */
  readonly against: string;
  readonly goal?: Goal;
  readonly met?: boolean;
  readonly details?: Details;
  /** Why something is missing, in one sentence. */
  readonly missing?: string;
  /** It is missing because something broke. */
  readonly failed?: true;
};

/** The middle one; of an even number, the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  if (values.length === 0) throw new RangeError('Of nothing there is no median.');
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** The value that this share of all values does not exceed (nearest rank). */
export const quantile = (values: readonly number[], share: number): number => {
  if (values.length === 0) throw new RangeError('Of nothing there is no quantile.');
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
};

/** Median of the values and of every detail that all rounds tell. */
export const medianOf = (figures: readonly Figure[]): Figure => {
  const value = median(figures.map((figure) => figure.value));
  const names = Object.keys(figures[0]?.details ?? {}).filter((name) => figures.every(({ details }) => details?.[name] !== undefined));
  const details = Object.fromEntries(names.map((name) => [name, median(figures.map((figure) => figure.details![name]!))]));
  return names.length > 0 ? { value, details } : { value };
};

export const isMet = (goal: Goal, { value, ratio }: { readonly value?: number; readonly ratio?: number }): boolean | undefined => {
  const shown = goal.of === 'ratio' ? ratio : value;
  if (shown === undefined) return undefined;
  return 'least' in goal ? shown >= goal.least : shown < goal.below;
};

export type Weighed = Pick<Row, 'name' | 'unit' | 'what' | 'against' | 'goal' | 'missing'>;

/** Puts medians, ratio and verdict together. `higher` says which way is better: a time's ratio is baseline to ours. */
export const weigh = (about: Weighed, ours: readonly Figure[], baseline: readonly Figure[], better: 'higher' | 'lower' = 'higher'): Row => {
  if (ours.length === 0) return about;
  const { value, details } = medianOf(ours);
  const theirs = baseline.length > 0 ? medianOf(baseline) : undefined;
  const compared = theirs?.value;
  const beside = Object.entries(theirs?.details ?? {}).map(([name, told]) => [`baseline ${name}`, told] as const);
  const ratio = compared === undefined ? undefined : better === 'higher' ? value / compared : compared / value;
  const met = about.goal && isMet(about.goal, { value, ...(ratio !== undefined && { ratio }) });
  return {
    ...about,
    value,
    ...(compared !== undefined && { baseline: compared }),
    ...(ratio !== undefined && { ratio }),
    ...(met !== undefined && { met }),
    ...((details ?? beside.length > 0) && { details: { ...details, ...Object.fromEntries(beside) } }),
  };
};
