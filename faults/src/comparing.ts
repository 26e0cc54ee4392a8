/** What two samples of times say of each other. */
type Compared = {
  /** Welch's t, which does not ask both samples to scatter alike. */
  readonly t: number;
  /** Degrees of freedom after Welch and Satterthwaite. */
  readonly freedom: number;
  /** How often chance alone sets two equal sources at least this far apart, two-sided. */
  readonly p: number;
  /** Median of the second less median of the first, in their unit. */
  readonly medianApart: number;
};

export const compared = (first: readonly number[], second: readonly number[]): Compared => {
  const [one, other] = [spread(first), spread(second)];
  const error = one.perSample + other.perSample;
  const medianApart = median(second) - median(first);
  if (error === 0) return { t: 0, freedom: Infinity, p: one.mean === other.mean ? 1 : 0, medianApart };
  const t = (other.mean - one.mean) / Math.sqrt(error);
  const freedom = error ** 2 / (one.perSample ** 2 / (first.length - 1) + other.perSample ** 2 / (second.length - 1));
  return { t, freedom, p: incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5), medianApart };
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

/** Logarithm of the gamma function, approximated with g = 7 and nine terms. */
const logGamma = (x: number): number => {
  const terms = [
    0.999_999_999_999_809_9, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_1, -176.615_029_162_140_6,
    12.507_343_278_686_905, -0.138_571_095_265_720_12, 0.000_009_984_369_578_019_572, 0.000_000_150_563_273_514_931_16,
  ];
  const shifted = x - 1;
  const base = shifted + 7.5;
  const sum = terms.reduce((total, term, n) => (n === 0 ? term : total + term / (shifted + n)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
};

/** The regularised incomplete beta function, by the continued fraction after Lentz, on whichever side it converges. */
const incompleteBeta = (x: number, a: number, b: number): number => {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
  const away = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 1_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return front * fraction;
};
