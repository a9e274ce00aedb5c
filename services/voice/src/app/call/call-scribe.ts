import type { CallFact, LiveNews, TransferProgress, TurnLatency } from '@trunkline/contracts';
import { replyCostMicros, voiceCostMicros } from '../../domain/cost.js';
import type { TurnEffect } from '../../domain/turn/turn-effect.js';
import type { CallFactWriter, Usage, Word } from '../ports/index.js';
import type { Reply } from './mind.js';
import type { Utterance } from './utterance.js';

export interface ProviderModel {
  readonly provider: string;
  readonly model: string;
}

export interface ScribeParts {
  readonly callId: string;
  readonly facts: CallFactWriter;
  /** Lossy: whoever watches the call right now. */
  readonly live: (news: LiveNews) => void;
  readonly nowMs: () => number;
  readonly wallClock: () => Date;
}

/** What the log wants to know of something said, whoever's voice it was. */
export type SpokenUtterance = Pick<
  Utterance,
  'kind' | 'text' | 'words' | 'firstByteAtMs' | 'startedAtMs' | 'heardMs'
>;
type AnsweringReply = Pick<Reply, 'eager' | 'firstTokenAtMs' | 'usage'>;
/** What something said has cost, and with whom. */
export interface SpokenCost {
  readonly llm: ProviderModel;
  readonly tts: ProviderModel;
  readonly reply: { readonly usage: Usage | null } | undefined;
}
type UserTurn = Extract<TurnEffect, { readonly do: 'note-user-turn' }>;
type CallEnd = Extract<CallFact, { readonly type: 'call.ended' }>['data'];

/** Facts belong to the log, news to whoever looks: both are written here and nowhere else. */
export class CallScribe {
  readonly #parts: ScribeParts;
  turn = 0;
  #userTurns = 0;
  #agentTurns = 0;
  #interruptions = 0;
  #costMicros = 0;
  #talkMs = 0;
  /** Of the caller's turn that is being heard. */
  #heardFromMs: number | null = null;
  #lastSoundAtMs = 0;
  #finalAtMs: number | null = null;
  /** What the answer's latencies count from: sounds made over the answer are none of it. */
  #turnEndedMs = 0;

  constructor(parts: ScribeParts) {
    this.#parts = parts;
  }

  note(fact: CallFact): void {
    this.#parts.facts.write(fact);
  }

  /** The caller's ear-time: what latencies are measured from. */
  callerSpeaks(atMs: number): void {
    this.#heardFromMs ??= atMs;
    this.#lastSoundAtMs = atMs;
  }

  callerPartial(text: string): void {
    this.#tell({ type: 'caller-partial', text });
  }

  userTurn(turn: UserTurn, words: readonly Word[], confidence: number | null): void {
    const nowMs = this.#parts.nowMs();
    this.turn += 1;
    this.#userTurns += 1;
    this.#finalAtMs = nowMs;
    // Keys make no sound: a turn made of them ends when it is taken.
    const soundedMs = turn.digits === null ? this.#lastSoundAtMs : nowMs;
    const endedMs = Math.min(nowMs, Math.max(soundedMs, this.#heardFromMs ?? 0));
    const startedMs = Math.min(this.#heardFromMs ?? endedMs, endedMs);
    this.#turnEndedMs = endedMs;
    const { text, language, interrupted, digits } = turn;
    this.#heardFromMs = null;
    this.note({
      type: 'call.turn-user',
      data: {
        ...{
          turn: this.turn,
          text,
          words: words.map((word) => onCallClock(word, 0)),
          startedMs,
          endedMs,
        },
        ...{ confidence, language, interrupted, digits },
      },
    });
    const about = { finalMs: null, firstTokenMs: null, firstByteMs: null, firstFrameMs: null };
    this.#tell({ type: 'turn', who: 'caller', turn: this.turn, text, interrupted, ...about });
  }

  agentSpeaks(): void {
    this.#tell({ type: 'agent-speaking', turn: this.turn });
  }

  agentTurn(
    spoken: SpokenUtterance,
    about: {
      readonly heardText: string;
      readonly isCut: boolean;
      readonly reply: AnsweringReply | undefined;
      readonly llm: ProviderModel;
      readonly tts: ProviderModel;
    },
  ): void {
    const { heardText, isCut, reply, llm, tts } = about;
    const startedMs = spoken.startedAtMs ?? this.#parts.nowMs();
    const usage = { ...tokensOf(reply), spokenCharacters: spoken.text.length };
    const micros = costMicros(spoken, about);
    const latency = this.#latencyOf(spoken, reply);
    this.#agentTurns += 1;
    this.#costMicros += micros;
    this.#talkMs += Math.round(spoken.heardMs);
    if (isCut) this.#interruptions += 1;
    const turn = Math.max(1, this.turn);
    const heardUntilMs = Math.round(startedMs + spoken.heardMs);
    this.note({
      type: 'call.turn-agent',
      data: {
        ...{ turn, kind: spoken.kind, text: spoken.text, heardText, latency, usage },
        words: spoken.words.map((word) => onCallClock(word, startedMs)),
        startedMs,
        endedMs: heardUntilMs,
        heardUntilMs,
        interrupted: isCut,
        eager: reply?.eager ?? false,
        llm: reply ? llm : null,
        tts,
        cost: { micros, currency: 'USD' },
      },
    });
    this.#tell({
      type: 'turn',
      who: 'agent',
      turn,
      text: heardText,
      interrupted: isCut,
      ...latency,
    });
  }

  state(state: Extract<LiveNews, { type: 'call-state' }>): void {
    this.#parts.live(state);
  }

  trouble(stage: string, code: string): void {
    this.#tell({ type: 'trouble', stage, code });
  }

  tool(tool: string, outcome: string): void {
    this.#tell({ type: 'tool', tool, outcome });
  }

  transfer(
    about: { readonly name: string; readonly kind: 'cold' | 'warm' },
    progress: TransferProgress,
  ): void {
    this.#tell({ type: 'transfer', ...about, ...progress });
  }

  /** The figures of the whole call. */
  sums(): Pick<CallEnd, 'talkMs' | 'userTurns' | 'agentTurns' | 'interruptions' | 'cost'> {
    return {
      talkMs: this.#talkMs,
      userTurns: this.#userTurns,
      agentTurns: this.#agentTurns,
      interruptions: this.#interruptions,
      cost: { micros: this.#costMicros, currency: 'USD' },
    };
  }

  addCost(micros: number): void {
    this.#costMicros += micros;
  }

  /** An answer that was paid for without a turn of its own: it only asked for tools, or was cut. */
  addReply({ llm, reply }: Omit<SpokenCost, 'tts'>): void {
    if (reply?.usage) this.addCost(replyCostMicros(llm.model, reply.usage));
  }

  /** Words that nobody heard any of. */
  addUtterance(spoken: Pick<SpokenUtterance, 'text'>, cost: SpokenCost): void {
    this.addCost(costMicros(spoken, cost));
  }

  #latencyOf(spoken: SpokenUtterance, reply: AnsweringReply | undefined): TurnLatency {
    if (!reply) return { finalMs: null, firstTokenMs: null, firstByteMs: null, firstFrameMs: null };
    const since = (atMs: number | null): number | null =>
      atMs === null ? null : Math.max(0, Math.round(atMs - this.#turnEndedMs));
    return {
      finalMs: since(this.#finalAtMs),
      firstTokenMs: since(reply.firstTokenAtMs),
      firstByteMs: since(spoken.firstByteAtMs),
      firstFrameMs: since(spoken.startedAtMs),
    };
  }

  #tell(news: DistributiveOmit<LiveNews, 'callId' | 'at'>): void {
    const { callId, wallClock, live } = this.#parts;
    live({ ...news, callId, at: wallClock().toISOString() } as LiveNews);
  }
}

type DistributiveOmit<T, Keys extends PropertyKey> = T extends unknown ? Omit<T, Keys> : never;

function costMicros({ text }: Pick<SpokenUtterance, 'text'>, of: SpokenCost): number {
  const { llm, tts, reply } = of;
  const thought = reply?.usage ? replyCostMicros(llm.model, reply.usage) : 0;
  return thought + voiceCostMicros(tts.provider, text.length);
}

function tokensOf(reply: AnsweringReply | undefined): {
  promptTokens: number;
  completionTokens: number;
} {
  const { promptTokens = 0, completionTokens = 0 } = reply?.usage ?? {};
  return { promptTokens, completionTokens };
}

function onCallClock(word: Word, startedMs: number): Word {
  return {
    text: word.text,
    startMs: Math.round(startedMs + word.startMs),
    endMs: Math.round(startedMs + word.endMs),
  };
}
