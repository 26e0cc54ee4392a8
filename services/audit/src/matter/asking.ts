/** As of when: a position of one log, or an instant. Everything else follows from the instant at which that position was recorded. */
export type AsOf = { readonly origin: string; readonly position: number } | { readonly instant: string };

const services = ['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance'];

/** `case-tracking:812` or an RFC 3339 instant; undefined when it is neither. */
export const asOf = (text: string): AsOf | undefined => {
  const found = /^([a-z-]+):(\d{1,15})$/.exec(text);
  if (found) return services.includes(found[1]!) ? { origin: found[1]!, position: Number(found[2]) } : undefined;
  const instant = Date.parse(text);
  return /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(instant) ? { instant: new Date(instant).toISOString() } : undefined;
};
