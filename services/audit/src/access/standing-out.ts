import type { OpeningsOfDay } from '@recourse/contracts';

/** What one person of a platform opened within a day of UTC. */
export type DayOfActor = Omit<OpeningsOfDay, 'median' | 'standsOut'> & { readonly tenant: string };

/** A day is compared with those of the same role within these days up to it. */
export const daysLookedAt = 28;
/** Whoever opens fewer matters than this in a day is never curious, however little his colleagues do. */
export const fewestMatters = 10;
/** So many times the median stands out. */
export const timesTheMedian = 3;

/** The day of UTC of an instant. */
export const dayOf = (instant: string): string => instant.slice(0, 10);
export const dayBefore = (day: string, days: number): string =>
  dayOf(new Date(Date.parse(`${day}T00:00:00.000Z`) - days * 86_400_000).toISOString());

/**
 * The lower of two middle values: where two people work and one of them is curious, the other one is the measure. Days on which somebody opened nothing
 * do not count: a holiday says nothing about how much work needs.
 */
const medianOf = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.ceil(values.length / 2) - 1] ?? 0;

/** Each day of each person beside the median of the role: how many matters were opened, since one matter opened often is work, and many are a question. */
export const comparedWithRole = (days: readonly DayOfActor[]): readonly OpeningsOfDay[] => {
  const medians = new Map<string, number>();
  const medianFor = ({ tenant, role, day }: DayOfActor): number => {
    const name = `${tenant} ${role} ${day}`;
    const from = dayBefore(day, daysLookedAt - 1);
    const median =
      medians.get(name) ??
      medianOf(
        days.filter((one) => one.tenant === tenant && one.role === role && one.day >= from && one.day <= day).map(({ matters }) => matters),
      );
    medians.set(name, median);
    return median;
  };
  return days.map((day) => {
    const median = medianFor(day);
    const { tenant: _tenant, ...shown } = day;
    return { ...shown, median, standsOut: day.matters >= fewestMatters && day.matters > timesTheMedian * median };
  });
};
