import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { refusals, type DoorCode, type Language } from './refusals.js';

const document = (code: DoorCode, language: Language, requestId?: string): string => {
  const { status, title, advice } = refusals[code];
  return JSON.stringify({
    type: `https://recourse.example/problems/${code}`,
    title: title[language],
    status,
    code,
    advice: advice[language],
    ...(requestId && { instance: `urn:recourse:request:${requestId}` }),
  });
};

/** The first of our languages among those a caller would read; English when he does not say. */
export const languageOf = (acceptLanguage = ''): Language => {
  const wishes = acceptLanguage.split(',').map((wish) => {
    const [tag = '', weight = '1'] = wish
      .trim()
      .toLowerCase()
      .split(/\s*;\s*q=/);
    return {
      language: /^zh(-|$)/.test(tag) ? ('zh-CN' as const) : /^en(-|$)/.test(tag) ? ('en' as const) : undefined,
      weight: Number(weight),
    };
  });
  return (
    wishes.filter(({ language, weight }) => language && weight > 0).sort((one, other) => other.weight - one.weight)[0]?.language ?? 'en'
  );
};

/** Answers with a problem document (RFC 9457) in the caller's language. */
export const refuse = (reply: FastifyReply, code: DoorCode, headers: Readonly<Record<string, string>> = {}): FastifyReply => {
  const language = languageOf(reply.request.headers['accept-language']);
  return reply
    .status(refusals[code].status)
    .headers({
      ...headers,
      'cache-control': 'no-store',
      'content-language': language,
      vary: 'Accept-Language',
      'x-request-id': reply.request.id,
    })
    .type('application/problem+json')
    .send(document(code, language, reply.request.id));
};

/** What the HTTP parser itself refuses never becomes a request: it is answered on the socket, in English. */
export const refuseOnSocket = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const code =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'headers-too-large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'request-too-slow'
        : 'request-malformed';
  const { status } = refusals[code];
  const body = document(code, 'en');
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Content-Type: application/problem+json',
    'Connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
};
