/**
 * What two samples of times say of each other. Beyond 4.5 either way they are not of one source, as tests for leaks of constant-time code have it
 * (dudect, https://eprint.iacr.org/2016/1123).
 */
type Compared = {
  /** Welch's t, which does not ask both samples to scatter alike. */
  readonly t: number;
  /** Median of the second less median of the first, in their unit. */
  readonly medianApart: number;
};

export const compared = (first: readonly number[], second: readonly number[]): Compared => {
  const [one, other] = [spread(first), spread(second)];
  const error = one.perSample + other.perSample;
  const medianApart = median(second) - median(first);
  const between = other.mean - one.mean;
  return { t: between === 0 ? 0 : between / Math.sqrt(error), medianApart };
};

const spread = (sample: readonly number[]) => {
  const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length;
  const variance = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sample.length - 1);
  return { mean, perSample: variance / sample.length };
};

const median = (sample: readonly number[]): number => {
  const sorted = [...sample].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
