/** One message of PostgreSQL's protocol, whole as it travels. `type` is '' for the start-up message, which has none. */
export type Frame = { readonly type: string; readonly bytes: Buffer };

/** Cuts the byte stream of one direction into messages (protocol 3.0: a letter, a length that counts itself, the rest). */
export class Framing {
  #rest: Buffer = Buffer.alloc(0);

  /** `starting`: the first message of a client is the start-up message. */
  constructor(private starting: boolean) {}

  push(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const frames: Frame[] = [];
    for (;;) {
      const head = this.starting ? 0 : 1;
      if (this.#rest.length < head + 4) return frames;
      const length = head + this.#rest.readInt32BE(head);
      if (this.#rest.length < length) return frames;
      frames.push({ type: head === 0 ? '' : String.fromCharCode(this.#rest[0]!), bytes: this.#rest.subarray(0, length) });
      this.#rest = this.#rest.subarray(length);
      this.starting = false;
    }
  }
}

/** Which prepared statement a Bind names ('' for the unnamed one). */
export const statementOf = ({ bytes }: Frame): string => {
  const portalEnds = bytes.indexOf(0, 5);
  return bytes.toString('utf8', portalEnds + 1, bytes.indexOf(0, portalEnds + 1));
};

/** "Send what you have": makes the server answer although the client has not said Sync. */
export const flush = Buffer.from([0x48, 0, 0, 0, 4]);
