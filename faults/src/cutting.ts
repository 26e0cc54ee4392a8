import net from 'node:net';
import { flush, Framing, statementOf, type Frame } from './framing.js';

/**
 * Where an append, or the relay's mark, can be caught:
 * - `before-insert`: the statement has left the client and not reached the server;
 * - `before-commit`: it has run, its rows are inserted, and its transaction is open (the client's Sync, at which PostgreSQL commits, is held back);
 * - `before-reply`: it is committed, and the client has not been told;
 * - `before-mark`: the relay's messages are with the carrier, and its cursor has not moved.
 */
export const points = ['before-insert', 'before-commit', 'before-reply', 'before-mark'] as const;
export type Point = (typeof points)[number];

/** One connection that was caught. Nothing passes on it any more until it is let go or cut. */
export type Caught = { readonly point: Point; cut(): void; letGo(): void };

type Trap = { readonly point: Point; readonly sprung: (caught: Caught) => void };

/** Stands between a service and its PostgreSQL, passes everything on, and stops one connection at a named point when asked to. */
export class Cutting {
  readonly #server = net.createServer((client) => this.#serve(client));
  readonly #lines = new Set<Line>();
  #trap: Trap | undefined;
  #shut = false;

  private constructor(private readonly target: number) {}

  static async before(target: number): Promise<Cutting> {
    const cutting = new Cutting(target);
    await new Promise<void>((resolve) => cutting.#server.listen(0, '127.0.0.1', resolve));
    return cutting;
  }

  /** The same address, through here. */
  through(url: string): string {
    const there = new URL(url);
    there.port = String((this.#server.address() as net.AddressInfo).port);
    return there.href;
  }

  /** Catches the next connection that comes to this point. */
  catch(point: Point): Promise<Caught> {
    return new Promise((resolve) => {
      this.#trap = { point, sprung: resolve };
    });
  }

  /** Takes the trap away unsprung; false when it has sprung already. */
  disarm(): boolean {
    const armed = this.#trap !== undefined;
    this.#trap = undefined;
    return armed;
  }

  /** As if the network, or the server, were gone: every connection breaks and no new one is taken. */
  shut(): void {
    this.#shut = true;
    for (const line of this.#lines) line.cut();
  }

  open(): void {
    this.#shut = false;
  }

  async close(): Promise<void> {
    this.shut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: net.Socket) {
    if (this.#shut) return void client.destroy();
    const traps: Traps = {
      wants: (point) => this.#trap?.point === point,
      take: (point) => {
        if (this.#trap?.point !== point) return undefined;
        const { sprung } = this.#trap;
        this.#trap = undefined;
        return sprung;
      },
    };
    const line: Line = new Line(client, net.connect(this.target, '127.0.0.1'), traps, () => this.#lines.delete(line));
    this.#lines.add(line);
  }
}

type Traps = { wants(point: Point): boolean; take(point: Point): ((caught: Caught) => void) | undefined };

/** One direction of a connection: closed, it keeps what should pass. */
class Gate {
  #held: Buffer[] | undefined;

  constructor(private readonly to: net.Socket) {}

  close(): void {
    this.#held ??= [];
  }

  open(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const bytes of held) this.pass(bytes);
  }

  pass(bytes: Buffer): void {
    if (this.#held) this.#held.push(bytes);
    else if (!this.to.destroyed) this.to.write(bytes);
  }
}

/** One connection, both ways, message by message. */
class Line {
  readonly #fromClient = new Framing(true);
  readonly #fromServer = new Framing(false);
  readonly #toServer: Gate;
  readonly #toClient: Gate;
  /** An append is on its way on this connection. */
  #appending = false;
  /** Its Sync is held back: what the server says next shows that it has run. */
  #running = false;

  constructor(
    private readonly client: net.Socket,
    private readonly server: net.Socket,
    private readonly traps: Traps,
    gone: () => void,
  ) {
    this.#toServer = new Gate(server);
    this.#toClient = new Gate(client);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.cut());
      socket.on('close', () => {
        this.cut();
        gone();
      });
    }
    client.on('data', (chunk: Buffer) => this.#fromClient.push(chunk).forEach((frame) => this.#ask(frame)));
    server.on('data', (chunk: Buffer) => this.#fromServer.push(chunk).forEach((frame) => this.#answer(frame)));
  }

  cut(): void {
    this.client.destroy();
    this.server.destroy();
  }

  #ask(frame: Frame) {
    if (frame.type === 'B' && statementOf(frame) === 'append') {
      this.#appending = true;
      this.#spring('before-insert');
    }
    if (frame.type === 'P' && frame.bytes.includes('update relay.cursor set position')) this.#spring('before-mark');
    if (frame.type === 'S' && this.#appending && this.traps.wants('before-commit')) {
      this.#toServer.pass(flush);
      this.#toServer.close();
      this.#running = true;
    }
    this.#toServer.pass(frame.bytes);
  }

  #answer(frame: Frame) {
    if (this.#running && (frame.type === 'C' || frame.type === 'E')) {
      this.#running = false;
      if (frame.type === 'E' || !this.#spring('before-commit')) this.#toServer.open();
    }
    // Half a reply is no reply: it is held until the transaction is over.
    if (this.#appending && this.traps.wants('before-reply')) this.#toClient.close();
    this.#toClient.pass(frame.bytes);
    if (!this.#appending || frame.type !== 'Z') return;
    this.#appending = false;
    if (!this.#spring('before-reply')) this.#toClient.open();
  }

  #spring(point: Point): boolean {
    const sprung = this.traps.take(point);
    if (!sprung) return false;
    this.#toServer.close();
    this.#toClient.close();
    sprung({
      point,
      cut: () => this.cut(),
      letGo: () => {
        this.#toServer.open();
        this.#toClient.open();
      },
    });
    return true;
  }
}
