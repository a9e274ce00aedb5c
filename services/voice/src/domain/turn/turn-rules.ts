import type { AgentConfig } from '@trunkline/contracts';

/** What of an agent's configuration the rules of turn-taking read. */
export interface TurnRules {
  readonly direction: 'inbound' | 'outbound';
  readonly firstMessage: string | null;
  readonly endpointing: Pick<
    AgentConfig['endpointing'],
    'mode' | 'minDelayMs' | 'maxDelayMs' | 'timeoutMs'
  >;
  readonly interruption: AgentConfig['interruption'];
  readonly idle: AgentConfig['idle'];
  readonly maxDurationMs: number;
  readonly consent: AgentConfig['consent'];
  readonly filler: AgentConfig['filler'];
  readonly phrases: AgentConfig['phrases'];
  readonly voicemail: AgentConfig['voicemail'];
  /** Languages it may go on in; the first is the agent's own. */
  readonly languages: readonly string[];
  readonly recording: boolean;
  /** False where the model answers a tool's result with a sentence of its own. */
  readonly announcesTransfers: boolean;
}
