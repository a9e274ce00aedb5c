import { z } from 'zod';
import { token } from '../envelope.js';
import {
  defaultToolTimeoutMs,
  internalActions,
  toolDefinition,
  toolName,
} from '../tool-definition.js';
import { admins } from './access.js';
import { defineRoute } from './define-route.js';
import { idParam, nextCursor, nothing, page, timestamp } from './fields.js';

const tag = 'tools';
const toolId = idParam('toolId');

const given = {
  name: toolName,
  description: z.string().trim().min(1).max(1024),
  parameters: z
    .record(z.string().max(64), z.json())
    .default({ type: 'object', properties: {}, additionalProperties: false }),
  timeoutMs: z.int().min(100).max(30_000).default(defaultToolTimeoutMs),
};
export const toolBody = z.discriminatedUnion('kind', [
  z.strictObject({ ...given, kind: z.literal('internal'), action: z.enum(internalActions) }),
  z.strictObject({
    ...given,
    kind: z.literal('webhook'),
    url: z.string().min(9).max(2048),
    method: z.enum(['POST', 'PUT', 'GET']).default('POST'),
  }),
]);

export const toolAnswer = z.strictObject({
  id: token,
  version: z.int(),
  status: z.enum(['active', 'archived']),
  definition: toolDefinition,
  createdAt: timestamp,
  updatedAt: timestamp,
});
export const toolsAnswer = z.strictObject({ tools: z.array(toolAnswer), nextCursor });
export const toolVersionAnswer = z.strictObject({
  id: token,
  version: z.int(),
  definition: toolDefinition,
  createdAt: timestamp,
});
const toolVersionParams = z.strictObject({
  toolId: token,
  version: z.coerce.number<string>().int().min(1).max(100_000),
});

export const toolRoutes = {
  getToolSigningSecret: defineRoute({
    method: 'GET',
    path: '/v1/tool-signing-secret',
    tag,
    summary: 'What our webhooks to your tools are signed with (Standard Webhooks)',
    access: admins('admin', 'agents:write'),
    answer: z.strictObject({ secret: z.string() }),
    status: 200,
  }),
  createTool: defineRoute({
    method: 'POST',
    path: '/v1/tools',
    aliases: ['/tools'],
    tag,
    summary: 'Define a tool: an action of ours or a webhook of yours',
    access: admins('member', 'agents:write'),
    body: toolBody,
    answer: toolAnswer,
    status: 201,
    idempotent: true,
    errors: ['tool.bad-schema', 'tool.bad-url'],
  }),
  listTools: defineRoute({
    method: 'GET',
    path: '/v1/tools',
    aliases: ['/tools'],
    tag,
    summary: 'My tools, newest first',
    access: admins('viewer', 'agents:read'),
    query: page,
    answer: toolsAnswer,
    status: 200,
  }),
  getTool: defineRoute({
    method: 'GET',
    path: '/v1/tools/:toolId',
    aliases: ['/tools/:toolId'],
    tag,
    summary: 'One tool in its latest version',
    access: admins('viewer', 'agents:read'),
    params: toolId,
    answer: toolAnswer,
    status: 200,
  }),
  getToolVersion: defineRoute({
    method: 'GET',
    path: '/v1/tools/:toolId/versions/:version',
    tag,
    summary: 'One version of a tool, which never changes',
    access: admins('viewer', 'agents:read'),
    params: toolVersionParams,
    answer: toolVersionAnswer,
    status: 200,
  }),
  updateTool: defineRoute({
    method: 'PUT',
    path: '/v1/tools/:toolId',
    aliases: ['/tools/:toolId'],
    tag,
    summary: 'Add a version; agents go on with the one they pinned',
    access: admins('member', 'agents:write'),
    params: toolId,
    body: toolBody,
    answer: toolAnswer,
    status: 200,
    errors: ['tool.bad-schema', 'tool.bad-url', 'tool.archived', 'tool.too-many-versions'],
  }),
  archiveTool: defineRoute({
    method: 'DELETE',
    path: '/v1/tools/:toolId',
    aliases: ['/tools/:toolId'],
    tag,
    summary: 'Archive a tool: nobody can pin it any more',
    access: admins('admin', 'agents:write'),
    params: toolId,
    answer: nothing,
    status: 204,
  }),
} as const;
