/** `share` of distinct keys failing, among at least `keys` of them, within `window` milliseconds. */
export type Fuse = { readonly share: number; readonly keys: number; readonly window: number };
export const usualFuse: Fuse = { share: 0.2, keys: 10, window: 60_000 };

/**
 * Tells a bad message from a bad day. One key that fails is the message's fault, and parking it helps; when many different keys fail it is the
 * code's, or the world's, and parking them all would drain the topic into the parking place. Only thinks: the time is brought along.
 */
export class Circuit {
  readonly #last = new Map<string, { readonly at: number; readonly failed: boolean }>();

  constructor(private readonly fuse: Fuse = usualFuse) {}

  note(key: string, failed: boolean, at: number): void {
    this.#last.delete(key); // to the young end
    this.#last.set(key, { at, failed });
  }

  /** Whether the fault is systemic. */
  blown(at: number): boolean {
    for (const [key, noted] of this.#last) {
      if (at - noted.at <= this.fuse.window) break;
      this.#last.delete(key);
    }
    const failing = [...this.#last.values()].filter(({ failed }) => failed).length;
    return this.#last.size >= this.fuse.keys && failing > this.fuse.share * this.#last.size;
  }
}
