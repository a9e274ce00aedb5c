import { METHODS } from 'node:http';
import type { RouteDefinition } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { FastifyInstance } from 'fastify';

export function pathsOf(route: RouteDefinition): readonly string[] {
  return [route.path, ...(route.aliases ?? [])];
}

/** Node reads more methods than Fastify routes: they get the same refusals. */
export function knowEveryMethod(fastify: FastifyInstance): void {
  for (const method of METHODS) {
    const isServed = method !== 'CONNECT' && !fastify.supportedMethods.includes(method);
    if (isServed) fastify.addHttpMethod(method, { hasBody: false });
  }
}

/** Nobody would ever read to the end of a stream that has no body. */
export function hasHead({ method, isStream }: RouteDefinition): boolean {
  return method === 'GET' && isStream !== true;
}

interface Refusal {
  readonly url: string;
  readonly methods: readonly string[];
  /** What the path does take; without it there is no such path at all. */
  readonly allow?: readonly string[];
}

/** In `onRequest`, so that no body is read for a path or method that does not exist. */
export function refuse(scope: FastifyInstance, { url, methods, allow }: Refusal): void {
  scope.route({
    method: [...methods],
    url,
    onRequest: async () => {
      if (allow) throw new AppError('request.method-not-allowed', { details: { allow } });
      throw new AppError('request.not-found');
    },
    handler: async () => undefined,
  });
}

/** Paths that differ only in the names of their parameters are one path. */
export function refuseOtherMethods(
  scope: FastifyInstance,
  routes: readonly RouteDefinition[],
): void {
  const byShape = new Map<string, { url: string; allow: Set<string> }>();
  for (const route of routes) {
    for (const url of pathsOf(route)) {
      const shape = url.replaceAll(/:[^/]+/g, ':');
      const known = byShape.get(shape) ?? { url, allow: new Set<string>() };
      byShape.set(shape, known);
      known.allow.add(route.method);
      if (hasHead(route)) known.allow.add('HEAD');
    }
  }
  for (const { url, allow } of byShape.values()) {
    const methods = scope.supportedMethods.filter((method) => !allow.has(method));
    refuse(scope, { url, methods, allow: [...allow].toSorted() });
  }
}
