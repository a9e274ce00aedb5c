import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { token } from '../envelope.js';
import { documentTitle, maxDocumentBytes } from '../knowledge.js';

/** Its id is the agent's, and its version is the revision that calls are told. */
export const knowledgeAggregate = defineAggregate({
  name: 'knowledge',
  owner: 'agents',
  events: {
    'knowledge.document-added': {
      schema: 1,
      says: 'The agent may look something up in this document; its text is an object in S3.',
      data: z.strictObject({
        document: token,
        title: documentTitle,
        key: z.string().min(1).max(512),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        sizeBytes: z.int().min(1).max(maxDocumentBytes),
      }),
    },
    'knowledge.document-removed': {
      schema: 1,
      says: 'The document is not used any more, and its text is deleted.',
      data: z.strictObject({ document: token }),
    },
  },
});
export type KnowledgeFact = FactOf<typeof knowledgeAggregate>;
