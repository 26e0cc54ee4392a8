/** The clocks of two machines are never quite alike: what is this much ahead of ours is not the future. In milliseconds. */
export const clockSkew = 2_000;

/** Whether it lies further ahead than two clocks may differ. */
export const isInTheFuture = (when: string, at: string): boolean => Date.parse(when) > Date.parse(at) + clockSkew;

/** `PT30M`, `P14D`, `PT1H30M` in milliseconds: the fixed-length part of ISO 8601 durations, all a setting may use. */
export const millisecondsOf = (duration: string): number => {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (!found || duration === 'P' || duration.endsWith('T')) throw new Error(`not a duration of days, hours, minutes, seconds: ${duration}`);
  const [days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return (((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!) * 1000;
};

/** An instant moved by a duration (`sign` -1 moves it back). */
export const instantPlus = (at: string, duration: string, sign: 1 | -1 = 1): string =>
  new Date(Date.parse(at) + sign * millisecondsOf(duration)).toISOString();
