import { toOpenApi } from '@trunkline/contracts';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { openEdge, parcelRoutes, type Edge } from '../../test/edge-kit.js';
import { bindDocs } from './bind-docs.js';

const document = toOpenApi(parcelRoutes, { title: 'Parcels', version: '1.0.0' });

interface ExampleModule {
  exampleOf(schema: unknown, document: unknown): unknown;
}

describe('bindDocs', () => {
  let edge: Edge;
  const get = (url: string) => edge.fastify.inject({ url });

  beforeAll(async () => {
    edge = await openEdge({ extend: (scope) => bindDocs(scope, document) });
  });

  it('serves the document as it is', async () => {
    const answer = await get('/openapi.json');
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.json()).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('serves a page that needs nothing from elsewhere and nothing inline', async () => {
    const page = await get('/docs');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.body).not.toMatch(/https?:|style=|\son[a-z]+=|<script>|<style>/);
    const linked = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
    expect(linked).toHaveLength(3);
    for (const url of linked) expect((await get(url)).statusCode).toBe(200);
  });

  it('serves every module the script imports, as a script', async () => {
    const script = (await get('/docs/app.js')).body;
    const imported = [...script.matchAll(/from '\.\/([^']+)'/g)].map(([, file]) => file);
    expect(imported).toEqual(['example.js']);
    const answer = await get('/docs/example.js');
    expect(answer.headers['content-type']).toContain('text/javascript');
  });

  it('never makes markup out of text', async () => {
    const script = (await get('/docs/app.js')).body;
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval\(/);
  });

  it('starts the form from a body that the route takes', async () => {
    const file = new URL('./docs-page/example.js', import.meta.url);
    const { exampleOf } = (await import(file.href)) as ExampleModule;
    const schema = { $ref: '#/components/schemas/CreateParcelBody' };
    const body = exampleOf(schema, document);
    expect(parcelRoutes.createParcel.body?.safeParse(body).success).toBe(true);
  });
});
