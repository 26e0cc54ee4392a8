import type { AccountContactHistory } from '@recourse/contracts';

/** We send mail ourselves; the other kinds go through the platform. */
const order = ['email', 'sms', 'push'];

/** The route a code takes: the one that was named, else the newest trusted one, e-mail first; undefined when there is none. */
export const routeFor = (
  { routes }: AccountContactHistory,
  named?: string,
): { readonly route: string; readonly trusted: boolean } | undefined => {
  const standing = routes.filter(({ state, route }) => state !== 'removed' && (named === undefined || route === named));
  const [best] = standing
    .map((route, age) => ({ route, age }))
    .sort(
      (one, other) =>
        Number(other.route.state === 'trusted') - Number(one.route.state === 'trusted') ||
        order.indexOf(one.route.kind) - order.indexOf(other.route.kind) ||
        other.age - one.age,
    );
  return best && { route: best.route.route, trusted: best.route.state === 'trusted' };
};
