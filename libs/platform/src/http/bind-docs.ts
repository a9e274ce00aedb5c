import { readFileSync } from 'node:fs';
import type { OpenApiDocument } from '@trunkline/contracts';
import type { FastifyInstance } from 'fastify';

/** The page is plain files in `src`, found from `src/http` and from `dist/http` alike. */
const folder = new URL('../../src/http/docs-page/', import.meta.url);

const files = [
  { url: '/docs', file: 'page.html', type: 'text/html; charset=utf-8' },
  { url: '/docs/app.js', file: 'app.js', type: 'text/javascript; charset=utf-8' },
  { url: '/docs/example.js', file: 'example.js', type: 'text/javascript; charset=utf-8' },
  { url: '/docs/style.css', file: 'style.css', type: 'text/css; charset=utf-8' },
];

/** `/openapi.json` and a page to read and try it; give it to `bindRoutes` as `extend`. */
export function bindDocs(scope: FastifyInstance, document: OpenApiDocument): void {
  const text = JSON.stringify(document);
  scope.get('/openapi.json', async (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(text),
  );
  for (const { url, file, type } of files) {
    const body = readFileSync(new URL(file, folder), 'utf8');
    scope.get(url, async (_request, reply) => reply.header('content-type', type).send(body));
  }
}
