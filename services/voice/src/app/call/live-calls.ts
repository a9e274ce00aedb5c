import type { CallFact, LiveNews } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import type { Logger } from '@trunkline/platform';
import type { MachineVerdict } from '../../domain/turn/turn-input.js';
import { CallRunner, type OpenedCall, type RunningCall } from '../door/ports.js';
import { gateRulesOf } from '../../domain/hearing/voice-gate.js';
import { Hearing } from '../hearing/hearing.js';
import { VoicedEar } from '../hearing/voiced-ear.js';
import type {
  CallFacts,
  CallFactWriter,
  Ear,
  Leg,
  Line,
  Recorder,
  ToolRunner,
  VoiceActivity,
} from '../ports/index.js';
import { TextToSpeechWithFallback } from '../speaking-failover/text-to-speech-with-fallback.js';
import { Thinking, type ThinkingFailure } from '../thinking/thinking.js';
import { castModel } from '../conversation/cast-conversation.js';
import type { ConversationParts } from '../conversation/conversation-parts.js';
import { runConversation } from '../conversation/run-conversation.js';
import { AgentVoice, NoVoice } from './agent-voice.js';
import { rulesOf, startedOf, systemTextOf } from './call-opening.js';
import type { CallParts, CallVoice } from './call-parts.js';
import {
  accessOf,
  hearingChoices,
  pronunciationsOf,
  speakingChoices,
  thinkingChoices,
  type CastOf,
  type Vendors,
} from './casting.js';
import type { OpenLegs } from './open-legs.js';
import { runCall, type LiveCall } from './run-call.js';

type VendorFailure = Pick<ThinkingFailure, 'provider' | 'error' | 'goesOn'>;

interface Casting {
  readonly call: OpenedCall;
  readonly line: Line;
  readonly facts: CallFactWriter;
  /** Aborts when the call is over. */
  readonly signal: AbortSignal;
}

/** What every call has, whoever hears, thinks and speaks in it. */
type BaseParts = Omit<
  ConversationParts,
  'open' | 'hears' | 'speaks' | 'used' | 'voice' | 'cascaded'
>;

/** The agent's voice, which says the phrases of a call in every mode. */
interface Speaker {
  readonly voice: CallVoice;
  readonly keepVendor: () => void;
}

export interface LiveCallsParts {
  readonly vendors: Vendors;
  readonly voices: VoiceActivity;
  readonly facts: CallFacts;
  readonly recorder: Recorder;
  readonly toolsOf: (call: OpenedCall) => ToolRunner;
  readonly legOf: (call: OpenedCall) => Leg;
  readonly live: (tenant: string, news: LiveNews) => void;
  readonly openLegs: OpenLegs;
  readonly logger: Logger;
}

/** How long the last facts and the recording may take before the place is given away. */
const SETTLE_LIMIT_MS = 30_000;

/** The calls of this pod: each is cast with its vendors, run, and brought to its end. */
export class LiveCalls extends CallRunner {
  readonly #parts: LiveCallsParts;
  readonly #writers = new Map<string, CallFactWriter>();
  readonly #running = new Map<string, LiveCall>();

  constructor(parts: LiveCallsParts) {
    super();
    this.#parts = parts;
    parts.facts.onFull(() => this.#endAll('error_journal_full'));
  }

  /** Row S17: a token is good once, because a call begins once. */
  override async admit(call: OpenedCall): Promise<void> {
    const { facts } = this.#parts;
    if (!facts.hasRoom) throw new AppError('voice.no-room');
    const { tenant, correlationId, plan } = call;
    const head = { tenant, correlationId, callId: plan.callId };
    this.#writers.set(plan.callId, await facts.start(head, startedOf(call)));
    this.#tell(call, 'started', null);
  }

  override run(call: OpenedCall, line: Line): RunningCall {
    const { callId } = call.plan;
    const writer = this.#writers.get(callId);
    if (!writer) throw new AppError('internal', { details: { reason: 'not admitted' } });
    this.#writers.delete(callId);
    const over = new AbortController();
    const casting = { call, line, facts: writer, signal: over.signal };
    const { live, parts } = this.#begin(casting);
    const abort = (): void => over.abort();
    void live.ended.then(abort, abort);
    this.#running.set(callId, live);
    return {
      ended: this.#conclude(call, live, parts),
      endPolitely: ({ reason }) => live.happen({ type: 'end-politely', reason }),
      endNow: ({ reason, side }) => live.happen({ type: 'end-now', reason, side }),
    };
  }

  /** What the carrier believes has answered. */
  machine(callId: string, verdict: MachineVerdict): void {
    this.#running.get(callId)?.happen({ type: 'machine', verdict, by: 'carrier' });
  }

  /** Row O13: the mode was decided when the place was reserved. */
  #begin(casting: Casting): { readonly live: LiveCall; readonly parts: BaseParts } {
    const { call, line } = casting;
    const { mode, tenant, runtime, plan } = call;
    const parts = this.#base(casting);
    const { encoding, rateHz } = line.format;
    casting.facts.write({ type: 'call.joined', data: { encoding, rateHz } });
    this.#tell(call, 'joined', null);
    const speaker = this.#castVoice(casting, parts);
    const cascaded = (): CallParts => this.#cast(casting, parts, speaker);
    if (mode === 'cascaded') return { parts, live: runCall(cascaded()) };
    const of = { callId: plan.callId, tenant, runtime, format: line.format };
    const order = { mode, of, tools: parts.tools, systemText: systemTextOf(call) };
    const model = castModel(this.#parts.vendors, order);
    const { voice } = speaker;
    return { parts, live: runConversation({ ...parts, ...model, voice, cascaded }) };
  }

  #base({ call, line, facts }: Casting): BaseParts {
    const { recorder, toolsOf, legOf, live, logger } = this.#parts;
    const { plan, tenant, runtime, correlationId } = call;
    const { config } = runtime;
    const { callId, campaign } = plan;
    const joinedAtMs = performance.now();
    return {
      ...{ callId, line, config, facts, leg: legOf(call), tools: toolsOf(call) },
      rules: rulesOf(call),
      recording: recorder.open({
        ...{ tenant, callId, correlationId, campaign, facts, format: line.format },
        stereo: config.recording.stereo,
      }),
      live: (news) => live(tenant, news),
      log: (event, fields) => logger.warn(event, { callId, ...fields }),
      nowMs: () => Math.round(performance.now() - joinedAtMs),
      wallClock: () => new Date(),
    };
  }

  #failed(stage: 'llm' | 'tts', callId: string, base: BaseParts) {
    return (failure: VendorFailure): void => {
      this.#parts.logger.warn('call.vendor-failed', { callId, ...failure });
      if (failure.goesOn) base.facts.write(bridgedTrouble(stage, failure, base.nowMs()));
    };
  }

  #castVoice({ call, line, signal }: Casting, base: BaseParts): Speaker {
    const { vendors } = this.#parts;
    const { plan, tenant, runtime, mode } = call;
    const { config } = runtime;
    const { callId } = plan;
    const of = { callId, tenant, runtime, format: line.format };
    try {
      const voices = new TextToSpeechWithFallback({
        choices: speakingChoices(vendors, of),
        onFailure: this.#failed('tts', callId, base),
      });
      const access = accessOf(vendors, of, config.tts.provider);
      void this.#warm(callId, [voices.warm(access, signal)]);
      const pronunciations = pronunciationsOf(config);
      const about = { voices, access, config, format: line.format, pronunciations };
      return { voice: new AgentVoice(about), keepVendor: () => voices.keepVendor() };
    } catch (error) {
      // A model that speaks by itself may say the phrases as well.
      if (mode === 'cascaded') throw error;
      return { voice: new NoVoice(config, error), keepVendor: () => undefined };
    }
  }

  #cast({ call, line, signal }: Casting, base: BaseParts, speaker: Speaker): CallParts {
    const { vendors } = this.#parts;
    const { plan, tenant, runtime } = call;
    const { config } = runtime;
    const { callId } = plan;
    const of = { callId, tenant, runtime, format: line.format };
    const choices = thinkingChoices(vendors, of);
    const thinking = new Thinking({ choices, onFailure: this.#failed('llm', callId, base) });
    const access = accessOf(vendors, of, config.llm.provider);
    void this.#warm(callId, [thinking.warm(access, signal)]);
    return {
      ...base,
      systemText: systemTextOf(call),
      ear: this.#ear(of, signal),
      model: thinking,
      order: { access, model: config.llm.model },
      voice: speaker.voice,
      used: { stt: config.stt, llm: () => usedOf(thinking) },
      keepVendors: () => {
        thinking.keepVendor();
        speaker.keepVendor();
      },
    };
  }

  /** Voices are only listened for where the model of hearing leaves the end of a turn to us. */
  #ear(of: CastOf, signal: AbortSignal): Ear {
    const { vendors, voices } = this.#parts;
    const { endpointing } = of.runtime.config;
    const choices = hearingChoices(vendors, of);
    const ear = new Hearing({ choices, breakers: vendors.breakers, signal });
    if (endpointing.mode !== 'vad') return ear;
    return new VoicedEar({ ear, voices, format: of.format, rules: gateRulesOf(endpointing) });
  }

  /** While the caller says hello: the first answer shall not wait for a handshake. */
  async #warm(callId: string, connections: readonly Promise<void>[]): Promise<void> {
    for (const result of await Promise.allSettled(connections)) {
      if (result.status === 'rejected') {
        this.#parts.logger.warn('call.not-warm', { callId, error: result.reason });
      }
    }
  }

  /** The call is over for everybody first; then what is left of it is put away. */
  async #conclude(call: OpenedCall, live: LiveCall, parts: BaseParts): Promise<void> {
    const { logger, openLegs } = this.#parts;
    const { callId } = call.plan;
    const ended = await live.ended;
    this.#running.delete(callId);
    this.#tell(call, 'ended', ended.reason);
    const signal = AbortSignal.timeout(SETTLE_LIMIT_MS);
    const results = await Promise.allSettled([
      // Who was handed over talks to somebody else on that leg.
      ended.reason === 'call_transfer' ? undefined : openLegs.hangUp(callId, parts.leg, signal),
      parts.facts.settled(signal),
      parts.recording.finish(signal),
    ]);
    for (const result of results) {
      if (result.status === 'rejected') {
        logger.error('call.not-put-away', { callId, error: result.reason });
      }
    }
  }

  #endAll(reason: 'error_journal_full'): void {
    for (const live of this.#running.values()) live.happen({ type: 'end-politely', reason });
  }

  #tell(call: OpenedCall, state: StateNews['state'], reason: string | null): void {
    const { callId, agent, direction, kind } = call.plan;
    const at = new Date().toISOString();
    const about = { agent, direction, kind, reason };
    this.#parts.live(call.tenant, { type: 'call-state', callId, at, state, ...about });
  }
}

type StateNews = Extract<LiveNews, { readonly type: 'call-state' }>;

/** What the caller did not have to notice; the end of all attempts is told by the stages. */
function bridgedTrouble(
  stage: 'llm' | 'tts',
  { provider, error }: VendorFailure,
  atMs: number,
): CallFact {
  const code = isAppError(error) ? error.code : 'internal';
  return { type: 'call.error', data: { stage, provider, code, atMs, recovered: true } };
}

const usedOf = ({ provider, modelName: model }: Thinking) => ({ provider, model });
