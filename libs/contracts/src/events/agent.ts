import { z } from 'zod';
import { agentConfig, agentDescription, agentName } from '../agent-config.js';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { token } from '../envelope.js';

const version = z.int().min(1).max(100_000);
/** Of the draft: 1 when the agent is made, one more with every change. */
const revision = z.int().min(1);
/** sha256 of the canonical JSON of the configuration, in hex. */
const configHash = z.string().regex(/^[0-9a-f]{64}$/);

export const agentAggregate = defineAggregate({
  name: 'agent',
  owner: 'agents',
  events: {
    'agent.created': {
      schema: 1,
      says: 'An agent exists; its first configuration is draft 1 and live version 1.',
      data: z.strictObject({
        name: agentName,
        description: agentDescription,
        user: token,
        config: agentConfig,
        configHash,
      }),
    },
    'agent.draft-changed': {
      schema: 1,
      says: 'Name, description or draft changed; no call sees the draft before it is published.',
      data: z.strictObject({
        revision,
        name: agentName,
        description: agentDescription,
        config: agentConfig,
      }),
    },
    'agent.version-published': {
      schema: 1,
      says: 'The draft was frozen as a version and made live.',
      data: z.strictObject({
        version,
        revision,
        config: agentConfig,
        configHash,
        note: z.string().max(500),
      }),
    },
    'agent.rolled-back': {
      schema: 1,
      says: 'An older version is live again; no version changed.',
      data: z.strictObject({
        version,
        from: version,
        config: agentConfig,
        configHash,
        reason: z.string().max(500),
      }),
    },
    'agent.archived': {
      schema: 1,
      says: 'The agent takes no new calls and cannot be changed; its versions stay readable.',
      data: z.strictObject({}),
    },
  },
});
export type AgentFact = FactOf<typeof agentAggregate>;
