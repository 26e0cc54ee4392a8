import type { FastifyInstance } from 'fastify';
import { mostOfBody, tidy } from './reading.js';
import { Problem } from './refusing.js';

/** A JSON body may have this many bytes. */
export const LARGEST_BODY = 256 * 1024;

const json = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** The only body this API reads: JSON in UTF-8, well-formed Unicode. (Nest's own parsers take forms, any charset and broken text.) */
export const readOnlyJson = (fastify: FastifyInstance): void => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  fastify.removeAllContentTypeParsers();
  // `__proto__` and its like are refused by `tidy`, with a pointer.
  const parse = fastify.getDefaultJsonParser('ignore', 'ignore') as (
    request: unknown,
    text: string,
    done: (error: Error | null, value?: unknown) => void,
  ) => void;
  fastify.addContentTypeParser(json, { parseAs: 'buffer', bodyLimit: LARGEST_BODY }, (request, body: Buffer, done) => {
    let text: string;
    try {
      text = decoder.decode(body);
    } catch {
      done(new Problem(400, 'body-not-utf8'));
      return;
    }
    parse(request, text, (error, parsed) => {
      if (error) {
        done(error);
        return;
      }
      const { value, errors, tooMuch } = tidy(parsed);
      if (tooMuch)
        done(new Problem(400, tooMuch, { facts: { most: tooMuch === 'body-too-deep' ? mostOfBody.levels : mostOfBody.values } }));
      else if (errors.length > 0) done(new Problem(400, 'request-invalid', { errors }));
      else done(null, value);
    });
  });
};
