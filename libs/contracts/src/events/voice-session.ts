import { z } from 'zod';
import { conversationMode } from '../call-behaviour.js';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { token } from '../envelope.js';
import { personal } from '../marks.js';
import { callVariables } from './call.js';

export const voiceSessionAggregate = defineAggregate({
  name: 'voice-session',
  owner: 'voice',
  events: {
    'voice-session.opened': {
      schema: 1,
      says: 'A browser may speak to an agent: it was given a token for one call, whose id this is.',
      terminal: true,
      data: z.strictObject({
        kind: z.enum(['browser', 'practice', 'test']),
        user: token,
        agent: token,
        version: z.int().min(1),
        mode: conversationMode,
        conversation: token.nullable(),
        variables: personal(callVariables, {}),
        expiresAt: z.iso.datetime(),
        pod: token,
      }),
    },
  },
});
export type VoiceSessionFact = FactOf<typeof voiceSessionAggregate>;
