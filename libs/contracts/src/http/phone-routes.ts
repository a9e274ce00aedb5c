import { z } from 'zod';
import { token } from '../envelope.js';
import { phoneNumber, pinnedVersion, routeDirections, whenNoRoom } from '../events/route.js';
import { admins } from './access.js';
import { defineRoute } from './define-route.js';
import { idParam, nextCursor, nothing, page, timestamp } from './fields.js';

const tag = 'routes';
const routeId = idParam('routeId');

export const bindRouteBody = z.strictObject({
  carrierAccount: token,
  number: phoneNumber,
  direction: z.enum(routeDirections),
  agent: token,
  /** `null` or left out: whatever version is live. */
  version: pinnedVersion.default(null),
  /** Of inbound numbers. `null` or left out: callers hear that all lines are busy. */
  whenNoRoom: whenNoRoom.default(null),
});
export const rebindRouteBody = z.strictObject({
  agent: token,
  version: pinnedVersion.default(null),
  whenNoRoom: whenNoRoom.default(null),
});
export const routeAnswer = z.strictObject({
  id: token,
  carrierAccount: token,
  number: phoneNumber,
  direction: z.enum(routeDirections),
  agent: token,
  version: pinnedVersion,
  whenNoRoom,
  status: z.enum(['bound', 'released']),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export const routesQuery = page.extend({
  agent: token.optional(),
  carrierAccount: token.optional(),
});
export const routesAnswer = z.strictObject({ routes: z.array(routeAnswer), nextCursor });

export const phoneRoutes = {
  bindRoute: defineRoute({
    method: 'POST',
    path: '/v1/routes',
    aliases: ['/phone-numbers'],
    tag,
    summary: 'Give a number of a carrier account, in one direction, to an agent',
    access: admins('admin', 'routes:write'),
    body: bindRouteBody,
    answer: routeAnswer,
    status: 201,
    idempotent: true,
    errors: ['route.taken', 'route.bad-target'],
  }),
  listRoutes: defineRoute({
    method: 'GET',
    path: '/v1/routes',
    aliases: ['/phone-numbers'],
    tag,
    summary: 'My numbers and the agents they belong to',
    access: admins('viewer', 'routes:read'),
    query: routesQuery,
    answer: routesAnswer,
    status: 200,
  }),
  getRoute: defineRoute({
    method: 'GET',
    path: '/v1/routes/:routeId',
    aliases: ['/phone-numbers/:routeId'],
    tag,
    summary: 'One number',
    access: admins('viewer', 'routes:read'),
    params: routeId,
    answer: routeAnswer,
    status: 200,
  }),
  rebindRoute: defineRoute({
    method: 'PUT',
    path: '/v1/routes/:routeId',
    aliases: ['/phone-numbers/:routeId'],
    tag,
    summary: 'Give the number to another agent or version',
    access: admins('admin', 'routes:write'),
    params: routeId,
    body: rebindRouteBody,
    answer: routeAnswer,
    status: 200,
    errors: ['route.released', 'route.bad-target'],
  }),
  releaseRoute: defineRoute({
    method: 'DELETE',
    path: '/v1/routes/:routeId',
    aliases: ['/phone-numbers/:routeId'],
    tag,
    summary: 'Take the number from its agent; it may be bound again',
    access: admins('admin', 'routes:write'),
    params: routeId,
    answer: nothing,
    status: 204,
  }),
} as const;
