import type { CallFact } from '@trunkline/contracts';
import type { CallStarted } from '../../src/app/ports/index.js';

export function startedOn(pod: string): CallStarted {
  return {
    type: 'call.started',
    data: {
      ...{ kind: 'phone', direction: 'inbound', agent: 'agent-1', version: 1, mode: 'cascaded' },
      ...{ carrier: 'twilio', carrierAccount: 'account-1', carrierCallId: 'CA1' },
      ...{ from: null, to: null, campaign: null, contact: null, conversation: null, variables: {} },
      stt: { provider: 'deepgram', model: 'flux' },
      llm: { provider: 'openai', model: 'gpt' },
      tts: { provider: 'cartesia', model: 'sonic' },
      pod,
    },
  };
}

export function endedBy(reason: 'user_hangup' | 'error_runtime_lost'): CallFact {
  return {
    type: 'call.ended',
    data: {
      ...{ reason, side: 'platform', detail: '', durationMs: 1000, talkMs: 0, userTurns: 0 },
      ...{ agentTurns: 0, interruptions: 0, recording: 'none' },
      cost: { micros: 0, currency: 'USD' },
    },
  };
}
