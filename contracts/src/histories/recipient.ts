import type { Past, SealedPointer } from './past.js';

type KnownRoute = {
  readonly route: string;
  readonly kind: string;
  readonly language?: string;
  readonly trusted: boolean;
  readonly doubt?: string;
  readonly learnedAt: string;
  readonly sealed: readonly SealedPointer[];
};

/** The registered routes of an account, as notification knows them. */
export type RecipientHistory = { readonly routes: readonly KnownRoute[] };

export const recipientHistory = (history: RecipientHistory | undefined, { type, at, data, sealed = [] }: Past): RecipientHistory => {
  const routes = history?.routes ?? [];
  const { route, kind, language, why } = data as Readonly<Record<string, string>>;
  const others = routes.filter((known) => known.route !== route);
  const changed = (change: (known: KnownRoute) => KnownRoute): RecipientHistory => ({
    routes: routes.map((known) => (known.route === route ? change(known) : known)),
  });
  switch (type) {
    case 'RouteLearned':
      return { routes: [...others, { route: route!, kind: kind!, ...(language && { language }), trusted: true, learnedAt: at, sealed }] };
    case 'RouteForgotten':
      return { routes: others };
    case 'RouteDoubted':
      return changed((known) => ({ ...known, trusted: false, doubt: why! }));
    case 'RouteCleared':
      return changed(({ doubt: _, ...known }) => ({ ...known, trusted: true }));
    default:
      throw new Error(`unknown to a recipient: ${type}`);
  }
};
