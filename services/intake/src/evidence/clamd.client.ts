import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a scanner says of a file: clean, what it found, or that it looks at nothing so large. */
export type Verdict = { readonly kind: 'clean' } | { readonly kind: 'infected'; readonly found: string } | { readonly kind: 'too-large' };

/** A scanner: it is given bytes and says what they are. */
export interface Scanner {
  scan(bytes: AsyncIterable<Uint8Array>): Promise<Verdict>;
  /** Which scanner with which definitions has looked, as the record names it. */
  version(): Promise<string>;
}

/** The scanner does not answer, or not as a scanner does: nobody knows anything about the file. */
export class ScannerAway extends Error {}

const silence = 30_000;
const longestAnswer = 1_024;

/** clamd over TCP, by INSTREAM: pieces with their length before them, an empty one at the end. The whole file is never held. */
export class Clamd implements Scanner {
  constructor(private readonly address: { readonly host: string; readonly port: number }) {}

  scan(bytes: AsyncIterable<Uint8Array>): Promise<Verdict> {
    return this.asked('zINSTREAM\0', async (write) => {
      for await (const piece of bytes) if (piece.length > 0 && !(await write(framed(piece)))) return;
      await write(Buffer.alloc(4));
    }).then(verdictOf);
  }

  version(): Promise<string> {
    return this.asked('zVERSION\0', async () => undefined);
  }

  /** A scanner that has seen enough answers before the end and hears no more: its answer is listened for while bytes are still given. */
  private async asked(command: string, give: (write: (bytes: Buffer) => Promise<boolean>) => Promise<void>): Promise<string> {
    const socket = connect({ ...this.address, noDelay: true });
    const answer = answerOf(socket);
    answer.catch(() => undefined);
    let answered = false;
    const ended = answer.then(
      () => (answered = true),
      () => (answered = true),
    );
    const write = async (bytes: Buffer): Promise<boolean> => {
      if (!answered && !socket.write(bytes)) await Promise.race([once(socket, 'drain').catch(() => undefined), ended]);
      return !answered;
    };
    try {
      if (await write(Buffer.from(command))) await give(write);
      return await answer;
    } finally {
      socket.destroy();
    }
  }
}

const framed = (piece: Uint8Array): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(piece.length);
  return Buffer.concat([length, piece]);
};

/** What comes before the first zero byte. Without one there is no answer, whatever ended it. */
const answerOf = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let heard = '';
    const away = (cause?: unknown) => reject(new ScannerAway('the scanner ended without an answer', { cause }));
    socket.on('data', (piece) => {
      heard += piece.toString('latin1');
      if (heard.includes('\0')) resolve(heard.split('\0')[0]!.trim());
      else if (heard.length > longestAnswer) away();
    });
    socket.once('error', away).once('close', () => away());
    socket.setTimeout(silence, () => socket.destroy(new Error('silence')));
  });

const verdictOf = (answer: string): Verdict => {
  if (answer === 'stream: OK') return { kind: 'clean' };
  const found = /^stream: (.{1,200}) FOUND$/.exec(answer)?.[1];
  if (found) return { kind: 'infected', found };
  if (answer.includes('size limit exceeded')) return { kind: 'too-large' };
  throw new ScannerAway('the scanner answered something else');
};
