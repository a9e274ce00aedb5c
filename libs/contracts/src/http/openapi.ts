import type { z } from 'zod';
import { errorCatalogue, type ErrorCode } from '../errors.js';
import type { RouteDefinition } from './define-route.js';
import { rebaseRefs, toJsonSchema, type JsonSchema } from './json-schema.js';
import { problem } from './problem-schema.js';

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

type Json = Readonly<Record<string, unknown>>;

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: ApiInfo;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Json;
  };
}

/** The whole API from its route table; nothing in it is written by hand. */
export function toOpenApi(
  routes: Readonly<Record<string, RouteDefinition>>,
  info: ApiInfo,
): OpenApiDocument {
  const schemas: Record<string, JsonSchema> = { Problem: toJsonSchema(problem, 'output') };
  const paths: Record<string, Record<string, Json>> = {};
  for (const [routeId, route] of Object.entries(routes)) {
    Object.assign(schemas, schemasOf(routeId, route));
    for (const [index, path] of [route.path, ...(route.aliases ?? [])].entries()) {
      const item = (paths[path.replaceAll(/:([A-Za-z0-9_]+)/g, '{$1}')] ??= {});
      const operation = operationOf(routeId, route);
      item[route.method.toLowerCase()] = index === 0 ? operation : aliasOf(route, operation, index);
    }
  }
  const tags = [...new Set(Object.values(routes).map(({ tag }) => tag))].toSorted();
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: { schemas, securitySchemes },
  };
}

const securitySchemes = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The token of a signed-in person',
  },
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: tl_run_… or tl_adm_…' },
};

function schemasOf(routeId: string, route: RouteDefinition): Record<string, JsonSchema> {
  const named = (suffix: string, schema: z.ZodType, io: 'input' | 'output') => {
    const name = schemaName(routeId, suffix);
    const rebased = rebaseRefs(toJsonSchema(schema, io), `#/components/schemas/${name}`);
    return { [name]: rebased as JsonSchema };
  };
  return {
    ...(route.body ? named('Body', route.body, 'input') : {}),
    ...(route.status === 204 ? {} : named('Answer', route.answer, 'output')),
  };
}

function operationOf(routeId: string, route: RouteDefinition): Json {
  return {
    operationId: routeId,
    tags: [route.tag],
    summary: route.summary,
    description: whoMay(route),
    security: securityOf(route),
    parameters: [
      ...parametersOf(route.params, 'path'),
      ...parametersOf(route.query, 'query'),
      ...(route.idempotent ? [idempotencyKey] : []),
      ...(route.isStream ? [lastEventId] : []),
    ],
    ...(route.body
      ? { requestBody: { required: true, content: jsonContent(schemaName(routeId, 'Body')) } }
      : {}),
    responses: responsesOf(routeId, route),
  };
}

function aliasOf(route: RouteDefinition, operation: Json, index: number): Json {
  return {
    ...operation,
    operationId: `${String(operation['operationId'])}Alias${index}`,
    description: `The same as \`${route.method} ${route.path}\`. ${whoMay(route)}`,
    'x-alias-of': route.path,
  };
}

function whoMay({ access }: RouteDefinition): string {
  if (access.kind === 'public') return `Open to everybody: ${access.why}.`;
  const people = access.role ? `People with role ${access.role} or higher.` : 'No people.';
  const keys = access.key
    ? `API keys (${access.key.kinds.join(', ')}) with scope ${access.key.scope}.`
    : 'No API keys.';
  return `${people} ${keys}`;
}

function securityOf({ access }: RouteDefinition): readonly Json[] {
  if (access.kind === 'public') return [];
  return [...(access.role ? [{ accessToken: [] }] : []), ...(access.key ? [{ apiKey: [] }] : [])];
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key and body get the same answer again, for 24 hours at least.',
  schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[!-~]+$' },
};

const lastEventId = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'The id of the last event that arrived: what came after it is sent again.',
  schema: { type: 'string', maxLength: 128 },
};

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toJsonSchema(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function responsesOf(routeId: string, route: RouteDefinition): Json {
  const good =
    route.status === 204
      ? { description: 'Done; the answer is empty' }
      : { description: 'Done', content: goodContent(routeId, route) };
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codesOf(route))) {
    const { status } = errorCatalogue[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const refusals = [...byStatus].map(([status, codes]) => [String(status), refusalOf(codes)]);
  return { [String(route.status)]: good, ...Object.fromEntries(refusals) };
}

/** What any route like this may answer, and what this one says of itself. */
function codesOf(route: RouteDefinition): readonly ErrorCode[] {
  const takesBody = route.body !== undefined;
  const isProtected = route.access.kind === 'protected';
  return [
    'request.invalid',
    ...(takesBody
      ? (['request.bad-json', 'request.too-large', 'request.unsupported-type'] as const)
      : []),
    ...(isProtected ? (['auth.required', 'auth.invalid', 'auth.forbidden'] as const) : []),
    ...(route.idempotent ? (['idempotency.mismatch', 'idempotency.in-progress'] as const) : []),
    'rate.limited',
    'internal',
    'service.unavailable',
    'service.timeout',
    ...(route.errors ?? []),
  ];
}

function refusalOf(codes: readonly ErrorCode[]): Json {
  const lines = codes.map((code) => `\`${code}\`: ${errorCatalogue[code].title}`);
  return {
    description: lines.join('; '),
    content: { 'application/problem+json': { schema: refTo('Problem') } },
  };
}

function goodContent(routeId: string, { isStream }: RouteDefinition): Json {
  const name = schemaName(routeId, 'Answer');
  return isStream ? { 'text/event-stream': { schema: refTo(name) } } : jsonContent(name);
}

function jsonContent(name: string): Json {
  return { 'application/json': { schema: refTo(name) } };
}

function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

function schemaName(routeId: string, suffix: string): string {
  const safe = routeId.replaceAll(/[^A-Za-z0-9]/g, '_');
  return `${safe.charAt(0).toUpperCase()}${safe.slice(1)}${suffix}`;
}
