import pg from 'pg';

const channel = 'recourse_log';
const notifyEvery = 20; // ms: NOTIFY takes a lock of the whole cluster at commit
const pollEvery = 2_000;

type Waiter = { readonly position: number; readonly settle: (news: boolean) => void };

/**
 * Word that the log has grown, so that readers need not ask in circles. Own appends wake at once; those of other instances come by NOTIFY,
 * sent apart from the append, at most one each 20 ms; and because a notice may get lost, the head is asked for every two seconds while
 * somebody waits. Nothing depends on a notice: readers read the log.
 */
export class Noticing {
  #head = -1;
  #waiters = new Set<Waiter>();
  #listener: pg.Client | undefined;
  #connecting = false;
  #closed = false;
  #notified = -1;
  #notifying: Promise<void> | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: pg.ClientConfig,
    private readonly pool: pg.Pool,
    private readonly readHead: () => Promise<number>,
  ) {}

  /** This instance has appended up to `head`. */
  appended(head: number): void {
    this.#seen(head);
    this.#notifying ??= this.#notify();
  }

  waitFor(position: number, ms: number, signal?: AbortSignal): Promise<boolean> {
    if (this.#head > position) return Promise.resolve(true);
    if (this.#closed || signal?.aborted) return Promise.resolve(false);
    void this.#listen();
    return new Promise((resolve) => {
      const settle = (news: boolean) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#waiters.delete(waiter);
        if (this.#waiters.size === 0) {
          clearInterval(this.#poll);
          this.#poll = undefined;
        }
        resolve(news);
      };
      const waiter: Waiter = { position, settle };
      const abort = () => settle(false);
      const timer = setTimeout(abort, ms);
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiters.add(waiter);
      this.#poll ??= setInterval(
        () =>
          void this.readHead().then(
            (head) => this.#seen(head),
            () => undefined,
          ),
        pollEvery,
      );
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { settle } of [...this.#waiters]) settle(false);
    await this.#notifying;
    await this.#listener?.end().catch(() => undefined);
  }

  #seen(head: number) {
    if (head > this.#head) this.#head = head;
    for (const { position, settle } of [...this.#waiters]) if (this.#head > position) settle(true);
  }

  async #notify() {
    while (this.#notified < this.#head && !this.#closed) {
      this.#notified = this.#head;
      await this.pool.query(`select pg_notify('${channel}', $1)`, [`${this.#head}`]).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, notifyEvery));
    }
    this.#notifying = undefined;
  }

  async #listen() {
    if (this.#listener || this.#connecting) return;
    this.#connecting = true;
    const listener = new pg.Client({ ...this.connection, keepAlive: true });
    const lost = () => {
      if (this.#listener === listener) this.#listener = undefined; // the next to wait listens anew; until then there is the poll
    };
    listener.on('error', lost);
    listener.on('end', lost);
    listener.on('notification', ({ payload }) => this.#seen(Number(payload)));
    try {
      await listener.connect();
      await listener.query(`listen ${channel}`);
      if (this.#closed) await listener.end();
      else this.#listener = listener;
    } catch {
      await listener.end().catch(() => undefined);
    } finally {
      this.#connecting = false;
    }
  }
}
