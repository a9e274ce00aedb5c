import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import * as contracts from '../index.js';
import { personal, secret } from '../marks.js';
import { defineRoute, type RouteDefinition } from './define-route.js';
import { openApiShape } from '../../test/openapi-shape.js';
import { toOpenApi, type OpenApiDocument } from './openapi.js';

type Tree = { readonly name: string; readonly below: readonly Tree[] };
const tree: z.ZodType<Tree> = z.lazy(() =>
  z.strictObject({ name: z.string(), below: z.array(tree) }),
);

const routes = {
  createParcel: defineRoute({
    method: 'POST',
    path: '/v1/parcels/:shelf',
    aliases: ['/parcels/:shelf'],
    tag: 'parcels',
    summary: 'Post a parcel',
    access: { kind: 'protected', role: 'member', key: { kinds: ['admin'], scope: 'agents:write' } },
    params: z.strictObject({ shelf: z.string().max(8) }),
    query: z.strictObject({ dry: z.enum(['yes', 'no']).optional(), size: z.coerce.number() }),
    body: z.strictObject({
      name: z.string().min(1),
      weight: z.int().default(1),
      to: personal(z.string().max(32)),
      token: secret(z.string()),
      contents: tree,
    }),
    answer: z.strictObject({ id: z.string(), weight: z.int().default(1) }),
    status: 201,
    idempotent: true,
    errors: ['state.conflict'],
  }),
  removeParcel: defineRoute({
    method: 'DELETE',
    path: '/v1/parcels/:shelf',
    tag: 'parcels',
    summary: 'Remove it',
    access: { kind: 'public', why: 'a test' },
    params: z.strictObject({ shelf: z.string() }),
    answer: z.undefined(),
    status: 204,
  }),
} satisfies Record<string, RouteDefinition>;

const info = { title: 'Parcels', version: '1.0.0' };

function assertValid(document: OpenApiDocument): void {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const check = ajv.compile(openApiShape);
  check(document);
  expect(check.errors ?? []).toEqual([]);
  const ids = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
  ajv.addSchema({ $id: 'doc', ...document });
  for (const name of Object.keys(document.components.schemas)) {
    expect(ajv.getSchema(`doc#/components/schemas/${name}`)).toBeInstanceOf(Function);
  }
}

describe('toOpenApi', () => {
  const document = toOpenApi(routes, info);
  const create = document.paths['/v1/parcels/{shelf}']?.['post'];

  it('is a valid OpenAPI 3.1 document whose schemas compile', () => {
    assertValid(document);
  });

  it('notices a document that is none', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const broken = { ...document, paths: { '/x': { get: { operationId: 'x' } } } };
    expect(ajv.validate(openApiShape, broken)).toBe(false);
    expect(ajv.validate(openApiShape, { ...document, openapi: '2.0' })).toBe(false);
  });

  it('says what to send: parameters, key and body as input', () => {
    expect(create?.['parameters']).toMatchObject([
      { name: 'shelf', in: 'path', required: true, schema: { maxLength: 8 } },
      { name: 'dry', in: 'query', required: false },
      { name: 'size', in: 'query' },
      { name: 'Idempotency-Key', in: 'header', required: false },
    ]);
    const body = document.components.schemas['CreateParcelBody'];
    expect(body?.['required']).toEqual(['name', 'to', 'token', 'contents']);
    expect(body?.['additionalProperties']).toBe(false);
    expect(body?.['properties']).toMatchObject({
      to: { type: 'string', maxLength: 32, 'x-personal': true },
      token: { type: 'string', 'x-secret': true },
    });
  });

  it('checks a body with a recursive schema', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'doc', ...document });
    const body = (contents: unknown) => ({ name: 'a', to: 'b', token: 'c', contents });
    const check = ajv.getSchema('doc#/components/schemas/CreateParcelBody');
    const leaf = { name: 'leaf', below: [] };
    expect(check?.(body({ name: 'root', below: [leaf] }))).toBe(true);
    expect(check?.(body({ name: 'root', below: [{ ...leaf, below: [7] }] }))).toBe(false);
  });

  it('lists every refusal with its status, and the answer', () => {
    const responses = create?.['responses'] as Record<string, { description: string }>;
    expect(Object.keys(responses).toSorted()).toEqual(
      ['201', '400', '401', '403', '409', '413', '415', '429', '500', '503', '504'].toSorted(),
    );
    expect(responses['409']?.description).toContain('state.conflict');
    expect(document.paths['/v1/parcels/{shelf}']?.['delete']).toMatchObject({
      security: [],
      responses: { '204': { description: expect.any(String) } },
    });
  });

  it('marks an alias as such', () => {
    expect(document.paths['/parcels/{shelf}']?.['post']).toMatchObject({
      'x-alias-of': '/v1/parcels/:shelf',
      operationId: 'createParcelAlias1',
    });
    expect(create?.['x-alias-of']).toBeUndefined();
  });

  it('describes every route table there is', () => {
    const tables = Object.values(contracts as Readonly<Record<string, unknown>>).filter(
      isRouteTable,
    );
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables) assertValid(toOpenApi(table, info));
  });
});

function isRouteTable(value: unknown): value is Record<string, RouteDefinition> {
  if (typeof value !== 'object' || value === null) return false;
  const rows: unknown[] = Object.values(value);
  return rows.length > 0 && rows.every((row) => isRoute(row));
}

function isRoute(row: unknown): boolean {
  return typeof row === 'object' && row !== null && 'path' in row && 'method' in row;
}
