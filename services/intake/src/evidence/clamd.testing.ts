import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What every scanner takes for a virus though it is none. In two halves, so that none finds it in this file. */
export const eicar = Buffer.from(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''));

/** A small clamd: INSTREAM and VERSION over TCP, as the real one speaks them; its one definition is EICAR. */
export const startClamd = async ({ most = 100_000_000, port = 0 } = {}) => {
  const scanned: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    void speak(socket, most, scanned).catch(() => socket.destroy());
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** How many bytes each file had that was given to it. */
    scanned,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

const speak = async (socket: Socket, most: number, scanned: number[]): Promise<void> => {
  let waiting = Buffer.alloc(0);
  const pieces = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const take = async (length: number): Promise<Buffer> => {
    while (waiting.length < length) {
      const { value, done } = await pieces.next();
      if (done) throw new Error('it ended too early');
      waiting = Buffer.concat([waiting, value]);
    }
    const taken = waiting.subarray(0, length);
    waiting = waiting.subarray(length);
    return taken;
  };
  let command = '';
  while (!command.endsWith('\0')) command += (await take(1)).toString();
  if (command === 'zVERSION\0') return void socket.end('ClamAV 1.4.3/27800/Mon Nov 23 2026\0');
  if (command !== 'zINSTREAM\0') return void socket.end('UNKNOWN COMMAND\0');
  let [bytes, tail, infected] = [0, Buffer.alloc(0), false];
  for (;;) {
    const length = (await take(4)).readUInt32BE();
    if (length === 0) break;
    const seen = Buffer.concat([tail, await take(length)]);
    bytes += length;
    if (bytes > most) return void socket.end('INSTREAM size limit exceeded. ERROR\0');
    infected ||= seen.includes(eicar);
    tail = seen.subarray(-eicar.length);
  }
  scanned.push(bytes);
  socket.end(infected ? 'stream: Win.Test.EICAR_HDB-1 FOUND\0' : 'stream: OK\0');
};
