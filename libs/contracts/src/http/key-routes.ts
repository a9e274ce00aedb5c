import { admins, people } from './access.js';
import { defineRoute } from './define-route.js';
import { idParam, nothing } from './fields.js';
import * as body from './identity-bodies.js';

const tag = 'api-keys';
const keyId = idParam('keyId');

export const keyRoutes = {
  issueKey: defineRoute({
    method: 'POST',
    path: '/v1/api-keys',
    aliases: ['/api-keys'],
    tag,
    summary: 'Issue a runtime or admin key; its text is shown this once',
    access: people('admin'),
    body: body.issueKeyBody,
    answer: body.issuedKey,
    status: 201,
    idempotent: true,
  }),
  listKeys: defineRoute({
    method: 'GET',
    path: '/v1/api-keys',
    aliases: ['/api-keys'],
    tag,
    summary: 'The keys of my tenant, with when each was last used',
    access: people('admin'),
    query: body.membersQuery,
    answer: body.keysAnswer,
    status: 200,
  }),
  rotateKey: defineRoute({
    method: 'POST',
    path: '/v1/api-keys/:keyId/rotate',
    aliases: ['/api-keys/:keyId/rotate'],
    tag,
    summary: 'Give a key a new secret; the old one works for as long as asked',
    access: people('admin'),
    params: keyId,
    body: body.rotateKeyBody,
    answer: body.issuedKey,
    status: 200,
    idempotent: true,
    errors: ['apikey.revoked'],
  }),
  revokeKey: defineRoute({
    method: 'DELETE',
    path: '/v1/api-keys/:keyId',
    aliases: ['/api-keys/:keyId'],
    tag,
    summary: 'Make a key worthless, within 5 seconds everywhere',
    access: people('admin'),
    params: keyId,
    answer: nothing,
    status: 204,
  }),
  listAudit: defineRoute({
    method: 'GET',
    path: '/v1/audit',
    tag: 'audit',
    summary: 'Every change in my tenant: who, what, when, before and after',
    access: admins('admin', 'audit:read'),
    query: body.auditQuery,
    answer: body.auditAnswer,
    status: 200,
  }),
  listMyAudit: defineRoute({
    method: 'GET',
    path: '/v1/me/audit',
    tag: 'audit',
    summary: 'Every change of my own account: passwords, sign-outs, who and when',
    access: people('viewer'),
    query: body.myAuditQuery,
    answer: body.auditAnswer,
    status: 200,
  }),
} as const;
