import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import { houseVariables, type Configuration } from '../configuring.js';

/** A file may take this many times as long to arrive as anything else. */
const longerForFiles = 10;

/**
 * How long a request may take to arrive, in the words of Node's server. A client that sends a byte now and then is cut off (408): first by the
 * deadline of the headers, then by that of the whole request.
 */
export const arrivalTimes = (configuration: Configuration, takesFiles: boolean) => {
  const [headersTimeout, requestTimeout] = [
    configuration.of(houseVariables.headersTimeoutMs),
    configuration.of(houseVariables.requestTimeoutMs),
  ];
  return {
    requestTimeout: Math.max(headersTimeout, requestTimeout * (takesFiles ? longerForFiles : 1)),
    server: {
      headersTimeout,
      // Node looks at its connections only so often: seldom enough to cost nothing, often enough for the shorter deadline to mean something.
      connectionsCheckingInterval: Math.min(5_000, Math.ceil(headersTimeout / 2)),
      // Far more than any client of ours sends.
      maxHeaderSize: 16 * 1024,
    },
  };
};

/** Where files are taken, only they get the longer time: whoever trickles JSON is cut off as soon as anywhere else. */
export const hurryJson = (
  fastify: FastifyInstance,
  configuration: Configuration,
  tooSlow: (error: Error & { code?: string }, socket: Socket) => void,
): void => {
  const most = configuration.of(houseVariables.requestTimeoutMs);
  fastify.addHook('onRequest', (request, reply, done) => {
    const { raw, headers } = request;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (hasBody && !(headers['content-type'] ?? '').startsWith('multipart/')) {
      const late = (): void =>
        tooSlow(Object.assign(new Error('the body came too slowly'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), raw.socket);
      const deadline = setTimeout(late, most).unref();
      for (const over of ['end', 'close'] as const) raw.once(over, () => clearTimeout(deadline));
      // Answered without its body being read: the next request on this connection has a time of its own.
      for (const over of ['finish', 'close'] as const) reply.raw.once(over, () => clearTimeout(deadline));
    }
    done();
  });
};
