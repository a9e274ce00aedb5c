import { readFile } from 'node:fs/promises';
import {
  adminScopes,
  callRoutes,
  dialRoutes,
  keyKinds,
  liveRoutes,
  runtimeScopes,
  sessionRoutes,
  webhookRoutes,
  type KeyKind,
  type RouteDefinition,
  type Scope,
} from '@trunkline/contracts';
import { SignJWT, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { edgeRoutes } from '../../src/transport/http/bind-edge.js';
import type { Person, World } from './world.js';

export interface Row {
  readonly routeId: string;
  readonly route: RouteDefinition;
  /** `GET /v1/members/x`: params filled with something. */
  readonly line: string;
  readonly url: string;
}

/** Every path there is, aliases included. */
export function matrixRows(): Row[] {
  return Object.entries<RouteDefinition>(edgeRoutes).flatMap(([routeId, route]) =>
    [route.path, ...(route.aliases ?? [])].map((url) => ({
      routeId,
      route,
      url,
      line: `${route.method} ${url.replaceAll(/:\w+/g, 'x')}`,
    })),
  );
}

/** Answered by services that this world does not start. */
export function isElsewhere({ routeId }: Row): boolean {
  return [dialRoutes, sessionRoutes, callRoutes, liveRoutes].some((table) =>
    Object.hasOwn(table, routeId),
  );
}

/** The doors of carriers are no routes of the API; each says why it is open. */
export function webhookRows(): { readonly line: string; readonly why: string }[] {
  return webhookRoutes.map(({ path, why }) => ({
    line: `POST ${path.replace(':carrier/', 'twilio/').replaceAll(/:\w+/g, 'x')}`,
    why,
  }));
}

const allScopes: Readonly<Record<KeyKind, readonly Scope[]>> = {
  runtime: runtimeScopes,
  admin: adminScopes,
};

export interface KeyChoice {
  readonly kind: KeyKind;
  readonly scopes: readonly Scope[];
}

/** The keys a route has to refuse: the wrong kind with everything, the right one without the scope. */
export function wrongKeys(route: RouteDefinition): KeyChoice[] {
  if (route.access.kind === 'public') return [];
  const { key } = route.access;
  return keyKinds.flatMap((kind) => {
    const isRightKind = key?.kinds.includes(kind) ?? false;
    const scopes = allScopes[kind].filter((scope) => !isRightKind || scope !== key?.scope);
    return scopes.length === 0 ? [] : [{ kind, scopes }];
  });
}

/** Issues each choice of key once. */
export class KeyCabinet {
  readonly #world: World;
  readonly #owner: Person;
  readonly #keys = new Map<string, Promise<string>>();

  constructor(world: World, owner: Person) {
    this.#world = world;
    this.#owner = owner;
  }

  get(choice: KeyChoice): Promise<string> {
    const name = `${choice.kind} ${choice.scopes.join(' ')}`;
    const known = this.#keys.get(name) ?? this.#issue(choice);
    this.#keys.set(name, known);
    return known;
  }

  async #issue(choice: KeyChoice): Promise<string> {
    const { status, body } = await this.#world.ask('POST /v1/api-keys', {
      token: this.#owner.token,
      body: { name: 'matrix', ...choice },
    });
    if (status !== 201) throw new Error(`issue answered ${status} ${JSON.stringify(body)}`);
    return body.key;
  }
}

/** A valid token with one thing wrong, signed with the real key: only the pins can refuse it. */
export async function forge(
  world: World,
  valid: string,
  change: { readonly claims?: object; readonly header?: object },
): Promise<string> {
  const path = world.env['TOKEN_KEYS_FILE'] ?? '';
  const { keys } = JSON.parse(await readFile(path, 'utf8')) as { keys: [JWK] };
  const { use: _use, ...jwk } = keys[0];
  const header = { ...decodeProtectedHeader(valid), alg: 'EdDSA', ...change.header };
  return new SignJWT({ ...decodeJwt(valid), ...change.claims })
    .setProtectedHeader(header)
    .sign(await importJWK(jwk, 'EdDSA'));
}
