type Waiting = { readonly alone: boolean; readonly go: () => void };

/** Many side by side, or one alone. Who wants to be alone waits for those inside, and nobody who comes after him goes in before him. */
export class Turns {
  #inside = 0;
  #alone = false;
  readonly #waiting: Waiting[] = [];

  /** Resolves inside, with the way out; to take it twice changes nothing. */
  enter(alone: boolean): Promise<() => void> {
    return new Promise((resolve) => {
      let inside = true;
      const leave = () => {
        if (inside) this.#leave();
        inside = false;
      };
      this.#waiting.push({ alone, go: () => resolve(leave) });
      this.#letIn();
    });
  }

  #leave() {
    this.#inside--;
    this.#alone = false;
    this.#letIn();
  }

  #letIn() {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (this.#alone || (next.alone && this.#inside > 0)) return;
      this.#waiting.shift();
      this.#inside++;
      this.#alone = next.alone;
      next.go();
    }
  }
}
