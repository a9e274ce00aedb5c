import type { Envelope, WhenNoRoom, agentsRoutes } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { derivedId, handleCommand, type Handled } from '@trunkline/platform';
import type { z } from 'zod';
import { routeDecider, type RouteCommand, type RouteState } from '../domain/route.js';
import {
  findRoute,
  listRoutes as readRoutes,
  routes,
  type RouteDocument,
  type RouteSearch,
} from '../views/routes.js';
import { readVersion } from './agent-versions.js';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By } from './by.js';
import { readCarrierAccount } from './carrier-accounts.js';
import { readAgent } from './read-agent.js';

type BindBody = z.output<(typeof agentsRoutes.bindRoute)['body'] & z.ZodType>;
type RebindBody = z.output<(typeof agentsRoutes.rebindRoute)['body'] & z.ZodType>;
type RouteAnswer = z.input<typeof agentsRoutes.getRoute.answer>;
type RoutesAnswer = z.input<typeof agentsRoutes.listRoutes.answer>;

/** Row S12: one route per carrier account, number and direction, whoever races. */
export async function bindRoute(app: AgentsApp, by: By, body: BindBody): Promise<RouteAnswer> {
  const { carrierAccount, number, direction } = body;
  const id = derivedId([by.tenant, carrierAccount, number, direction]);
  const earlier = await boundEarlier(app, by, id);
  if (earlier) return routeAnswer(earlier);
  assertNotice(body, body.whenNoRoom);
  await assertTarget(app, by, body);
  await assertCarrierAccount(app, by, carrierAccount);
  const { history } = await change(app, by, { id, command: { do: 'bind', to: body } });
  return routeAnswer(projectAll(history.events));
}

/** The id is the number's, so a repeated request is known by its fingerprint alone. */
async function boundEarlier(
  app: AgentsApp,
  by: By,
  id: string,
): Promise<RouteDocument | undefined> {
  if (by.createdId === undefined) return undefined;
  const { events } = await app.store.load(refOf(by, 'route', id), { signal: by.origin.signal });
  const isOurs = events.some(
    ({ type, causationId }) => type === 'route.bound' && causationId === by.origin.causationId,
  );
  return isOurs ? projectAll(events) : undefined;
}

export async function rebindRoute(
  app: AgentsApp,
  by: By,
  request: { readonly id: string; readonly body: RebindBody },
): Promise<RouteAnswer> {
  const { id, body } = request;
  if (body.whenNoRoom !== null) assertNotice(await readRoute(app, by, id), body.whenNoRoom);
  await assertTarget(app, by, body);
  const { history } = await change(app, by, { id, command: { do: 'rebind', ...body } });
  return routeAnswer(projectAll(history.events));
}

export async function releaseRoute(app: AgentsApp, by: By, id: string): Promise<null> {
  await change(app, by, { id, command: { do: 'release' } });
  return null;
}

export async function readRoute(app: AgentsApp, by: By, id: string): Promise<RouteAnswer> {
  const found = await findRoute(app.mongo, by.tenant, id);
  if (found) return routeAnswer(found);
  const { events } = await app.store.load(refOf(by, 'route', id), { signal: by.origin.signal });
  return routeAnswer(projectAll(events));
}

export async function findRoutePage(
  app: AgentsApp,
  by: By,
  search: RouteSearch,
): Promise<RoutesAnswer> {
  const { items, nextCursor } = await readRoutes(app.mongo, by.tenant, search);
  return { routes: items.map(routeAnswer), nextCursor };
}

/** Nobody calls an outbound number, and a number that forwards to itself rings for ever. */
function assertNotice(
  of: { readonly direction: string; readonly number: string },
  whenNoRoom: WhenNoRoom,
): void {
  if (whenNoRoom === null) return;
  const isLoop = whenNoRoom.do === 'forward' && whenNoRoom.to === of.number;
  if (of.direction !== 'inbound' || isLoop) throw badTarget('whenNoRoom');
}

async function assertTarget(
  app: AgentsApp,
  by: By,
  to: { readonly agent: string; readonly version: number | null },
): Promise<void> {
  const agent = await orBadTarget('agent', () => readAgent(app, by, to.agent));
  if (agent.status !== 'active') throw badTarget('agent');
  if (to.version === null) return;
  const key = { agent: to.agent, version: to.version };
  await orBadTarget('version', () => readVersion(app, by, key));
}

async function assertCarrierAccount(app: AgentsApp, by: By, id: string): Promise<void> {
  await orBadTarget('carrierAccount', () => readCarrierAccount(app, by, id));
}

const notThere = new Set(['request.not-found', 'agent.no-such-version']);

async function orBadTarget<T>(field: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isAppError(error) && notThere.has(error.code)) throw badTarget(field);
    throw error;
  }
}

function badTarget(field: string): AppError {
  return new AppError('route.bad-target', { details: { field } });
}

async function change(
  app: AgentsApp,
  by: By,
  request: { readonly id: string; readonly command: RouteCommand },
): Promise<Handled<RouteState>> {
  const handled = await handleCommand(app.store, routeDecider, {
    ...by.origin,
    ref: refOf(by, 'route', request.id),
    command: request.command,
  });
  if (handled.event) await app.views.show(handled.event);
  return handled;
}

function projectAll(events: readonly Envelope[]): RouteDocument | undefined {
  return events.reduce<RouteDocument | undefined>(
    (doc, event) => routes.project(doc, event),
    undefined,
  );
}

function routeAnswer(doc: RouteDocument | undefined): RouteAnswer {
  if (!doc) throw new AppError('request.not-found');
  const { _id: id, carrierAccount, number, direction, agent, version } = doc;
  const { status, createdAt, updatedAt, whenNoRoom = null } = doc;
  const bound = { id, carrierAccount, number, direction, agent, version, whenNoRoom };
  return { ...bound, status, createdAt, updatedAt };
}
