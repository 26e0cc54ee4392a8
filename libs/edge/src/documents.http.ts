import { contractsFolder } from '@recourse/contracts';
import type { FastifyInstance } from 'fastify';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Problem } from './refusing.js';

/** Serves the committed API document and a reader for it, from local files alone. (The document is generated and checked by tools/openapi.mjs.) */
export const serveDocuments = async (
  fastify: FastifyInstance,
  { service, title = service }: { service: string; title?: string },
): Promise<void> => {
  const open = { config: { allow: 'anyone' as const } };
  fastify.get('/openapi.json', open, async (_request, reply) => {
    const text = await readFile(contractsFolder(`openapi/${service}.json`), 'utf8').catch(() => undefined);
    if (text === undefined) throw new Problem(404, 'not-found');
    return reply.type('application/json').header('cache-control', 'max-age=60').send(text);
  });
  fastify.get('/docs', open, (_request, reply) => reply.type('text/html; charset=utf-8').headers(readerHeaders).send(readerPage(title)));
  fastify.get('/docs/start.js', open, (_request, reply) => reply.type('text/javascript; charset=utf-8').send(readerScript));
  const { default: files } = await import('@fastify/static');
  await fastify.register(files, {
    root: readerFolder(),
    prefix: '/docs/reader/',
    index: false,
    allowedPath: (path) => /^\/?swagger-ui(-bundle)?\.(css|js)$/.test(path),
  });
};

const readerFolder = (): string => dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const readerHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'max-age=60',
};

const readerPage = (title: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title.replace(/[<&]/g, '')}</title><link rel="stylesheet" href="/docs/reader/swagger-ui.css"></head>
<body><div id="reader"></div><script src="/docs/reader/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;

const readerScript = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reader', deepLinking: true, persistAuthorization: false });\n`;
