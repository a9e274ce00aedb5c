import { z } from 'zod';
import { token } from '../envelope.js';
import { maxDocuments } from '../knowledge.js';
import { defineRequest } from './define-request.js';

/** Between services only. */
export const knowledgeRequests = {
  /** What an agent can look things up in, and where in the bucket `agents` the texts are. */
  knowledge: defineRequest({
    service: 'agents',
    verb: 'knowledge',
    input: z.strictObject({ agent: token }),
    output: z.strictObject({
      revision: z.int().min(0),
      documents: z
        .array(
          z.strictObject({
            id: token,
            title: z.string(),
            key: z.string(),
            sha256: z.string(),
            sizeBytes: z.int(),
          }),
        )
        .max(maxDocuments),
    }),
    role: 'member',
  }),
} as const;
