import { z } from 'zod';
import { token } from '../envelope.js';
import { documentText, documentTitle } from '../knowledge.js';
import { admins } from './access.js';
import { defineRoute } from './define-route.js';
import { idParam, nothing, timestamp } from './fields.js';

const tag = 'knowledge';
const agentId = idParam('agentId');
const documentParams = z.strictObject({ agentId: token, documentId: token });

const documentHead = {
  id: token,
  title: z.string(),
  sizeBytes: z.int(),
  sha256: z.string(),
  createdAt: timestamp,
};
export const documentAnswer = z.strictObject(documentHead);
export const documentTextAnswer = z.strictObject({ ...documentHead, text: z.string() });
export const documentsAnswer = z.strictObject({
  /** Rises with every change; a call keeps to the one it began with. */
  revision: z.int(),
  documents: z.array(documentAnswer),
});

export const knowledgeRoutes = {
  addDocument: defineRoute({
    method: 'POST',
    path: '/v1/agents/:agentId/knowledge',
    tag,
    summary: 'Give an agent a text to look things up in',
    access: admins('member', 'agents:write'),
    params: agentId,
    body: z.strictObject({ title: documentTitle, text: documentText }),
    answer: documentAnswer,
    status: 201,
    idempotent: true,
    errors: ['agent.archived', 'knowledge.full'],
  }),
  listDocuments: defineRoute({
    method: 'GET',
    path: '/v1/agents/:agentId/knowledge',
    tag,
    summary: 'What an agent can look things up in',
    access: admins('viewer', 'agents:read'),
    params: agentId,
    answer: documentsAnswer,
    status: 200,
  }),
  getDocument: defineRoute({
    method: 'GET',
    path: '/v1/agents/:agentId/knowledge/:documentId',
    tag,
    summary: 'One document with its text',
    access: admins('viewer', 'agents:read'),
    params: documentParams,
    answer: documentTextAnswer,
    status: 200,
  }),
  removeDocument: defineRoute({
    method: 'DELETE',
    path: '/v1/agents/:agentId/knowledge/:documentId',
    tag,
    summary: 'Take a document away; calls that run keep it to their end',
    access: admins('admin', 'agents:write'),
    params: documentParams,
    answer: nothing,
    status: 204,
  }),
} as const;
