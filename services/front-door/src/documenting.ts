import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { refuse } from './answering.js';

/** The merged description of all services, generated into contracts/. */
export const usualDescription = fileURLToPath(new URL('../../../contracts/openapi/recourse.json', import.meta.url));

const used = ['/swagger-ui.css', '/swagger-ui-bundle.js', '/favicon-32x32.png', '/favicon-16x16.png'];

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Recourse: the API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/reading.js"></script>
</html>`;

const script = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, docExpansion: 'none', filter: true, persistAuthorization: false, defaultModelsExpandDepth: -1 });`;

/** Nothing on the page comes from another host; Swagger UI styles itself inline. */
const policy = `default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** `/openapi.json`, and `/docs` to read it by. */
export const showDocuments = async (app: FastifyInstance, description: string): Promise<void> => {
  app.get('/openapi.json', async (_, reply) => {
    if (!existsSync(description)) return refuse(reply, 'not-found');
    return reply
      .type('application/json')
      .header('cache-control', 'no-cache')
      .send(await readFile(description));
  });

  for (const path of ['/docs', '/docs/'])
    app.get(path, async (_, reply) => reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(page));
  app.get('/docs/reading.js', async (_, reply) => reply.type('text/javascript; charset=utf-8').send(script));
  await app.register(files, {
    root: dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')),
    prefix: '/docs/',
    index: false,
    allowedPath: (path) => used.includes(path),
  });
};
