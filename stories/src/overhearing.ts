/** One answer of `GET /v1/cases/{id}`, as it went over the wire. */
export type Overheard = {
  readonly path: string;
  /** Whose answer it was: what a case shows depends on who asks. */
  readonly authorization: string;
  readonly etag: string;
  readonly leaf: string;
  /** Where in the log the case stood: `case-tracking:812`. */
  readonly position: string;
  readonly body: string;
};

/** Writes down what everybody is answered about cases, by asking and by commanding, while a story is played; `stop` ends it. */
export const overhear = (): { readonly heard: readonly Overheard[]; stop(): void } => {
  const heard: Overheard[] = [];
  const plain = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await plain(input, init);
    const { pathname: path, search } = new URL(response.url || String(input));
    const authorization = new Headers(init?.headers).get('authorization');
    const [etag, leaf, position] = ['etag', 'log-leaf', 'log-position'].map((name) => response.headers.get(name) ?? '');
    const isCase = /^\/v1\/cases\/[0-9a-f-]{36}$/.test(path) && !/purpose|position|at=/.test(search);
    if (isCase && response.status === 200 && authorization)
      heard.push({ path, authorization, etag: etag!, leaf: leaf!, position: position!, body: await response.clone().text() });
    return response;
  };
  return { heard, stop: () => void (globalThis.fetch = plain) };
};
