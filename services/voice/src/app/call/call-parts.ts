import type { AgentConfig, CallFact, EndReason, EndSide, LiveNews } from '@trunkline/contracts';
import type { TurnRules } from '../../domain/turn/turn-rules.js';
import type {
  CallFactWriter,
  CallRecording,
  Ear,
  LanguageModel,
  Leg,
  Line,
  Speaking,
  ToolRunner,
} from '../ports/index.js';
import type { ProviderModel } from './call-scribe.js';
import type { TextShaper } from './mouth.js';

/** Everything one cascaded call is made of; who the vendors are was decided before. */
export interface CallParts {
  readonly callId: string;
  readonly line: Line;
  readonly rules: TurnRules;
  readonly config: AgentConfig;
  /** The prompt with its variables filled in. */
  readonly systemText: string;
  readonly ear: Ear;
  readonly model: LanguageModel;
  /** The account and model of the order are those of whoever answers. */
  readonly order: { readonly access: ModelAccess; readonly model: string };
  readonly voice: CallVoice;
  readonly tools: ToolRunner;
  readonly recording: CallRecording;
  readonly facts: CallFactWriter;
  readonly leg: Leg;
  readonly live: (news: LiveNews) => void;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Whole milliseconds since the call was joined; never goes back. */
  readonly nowMs: () => number;
  readonly wallClock: () => Date;
  readonly used: { readonly stt: ProviderModel; readonly llm: () => ProviderModel };
  /** After three completed turns language model and voice stay who they are (row O18). */
  readonly keepVendors: () => void;
}

type ModelAccess = Parameters<LanguageModel['reply']>[0]['access'];

/** The agent's voice, which may change its language in mid-call. */
export interface CallVoice {
  open(signal: AbortSignal): Promise<Speaking>;
  shaper(): TextShaper;
  speak(language: string): void;
  readonly used: ProviderModel;
}

export interface CallOutcome {
  readonly reason: EndReason;
  readonly side: EndSide;
}

export type CallEnded = Extract<CallFact, { readonly type: 'call.ended' }>['data'];
