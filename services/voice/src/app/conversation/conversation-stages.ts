import { convertAudio } from '@trunkline/telephony';
import { isAppError } from '@trunkline/kernel';
import type { ConversationInput } from '../../domain/conversation/conversation-state.js';
import type { SpeechKind } from '../../domain/turn/turn-effect.js';
import { Body, type BodyOwner } from '../call/body.js';
import type { SpokenCost } from '../call/call-scribe.js';
import type { MouthEvent } from '../call/mouth.js';
import type { ChatMessage, ConversationEvent, Usage } from '../ports/index.js';
import type { ConversationParts } from './conversation-parts.js';
import { ModelReplies } from './model-replies.js';
import { Session, type SessionNews } from './session.js';

type EventOf<Type extends ConversationEvent['type']> = Extract<ConversationEvent, { type: Type }>;
type Reading = { readonly [Type in ConversationEvent['type']]: (event: EventOf<Type>) => void };

/** The line, the model behind its session, and the mouth between them, telling what happened. */
export class ConversationStages implements BodyOwner {
  readonly session: Session;
  readonly replies: ModelReplies;
  readonly body: Body;
  /** What a session that is opened again has to know. */
  history: readonly ChatMessage[] = [];
  readonly #leaving = new AbortController();
  readonly #happen: (input: ConversationInput) => void;
  #lastError: unknown;

  constructor(
    readonly parts: ConversationParts,
    happen: (input: ConversationInput) => void,
  ) {
    this.#happen = happen;
    this.body = new Body(parts);
    const { line, speaks, used } = parts;
    this.replies = new ModelReplies({
      ...{ mouth: this.body.mouth, speaker: used },
      converter: () => convertAudio(speaks, line.format),
      tooLate: (usage) => this.body.scribe.addReply({ reply: { usage }, llm: used }),
    });
    const { signal } = this.#leaving;
    this.session = new Session({
      ...{ parts, signal, history: () => this.history },
      tell: (news) => this.#onSession(news),
    });
    this.body.serve(this);
    void this.session.run();
  }

  get scribe(): Body['scribe'] {
    return this.body.scribe;
  }

  get stop(): AbortController {
    return this.body.stop;
  }

  /** The model is left; the line and what is being said are not. */
  leave(): void {
    this.#leaving.abort();
  }

  close(): void {
    this.leave();
    this.body.close();
  }

  happen(input: ConversationInput): void {
    this.#happen(input);
  }

  hears(frame: Uint8Array): void {
    this.session.send(frame);
  }

  onMouth(event: MouthEvent): void {
    const { utterance } = event;
    const { number } = utterance;
    const reply = this.replies.of(number);
    if (event.type === 'started') {
      this.scribe.agentSpeaks();
      return this.#happen({ type: 'play-started', utterance: number });
    }
    if (event.type === 'failed') return this.#voiceFailed(number, event.error);
    const whole = utterance.startedAtMs === null ? '' : utterance.text;
    const heard = event.isCut ? this.body.mouth.heardTextOf(utterance) : whole;
    this.#noteTurn(event, heard);
    if (reply) this.replies.over(reply);
    // Whoever cut it off tells what was heard of it.
    if (!event.isCut) this.#happen({ type: 'play-ended', utterance: number, text: heard.trim() });
  }

  /** For the log: why the model is gone, and whether the caller is looked after. */
  noteLost(recovered: boolean): void {
    this.#trouble('realtime', this.parts.used.provider, { error: this.#lastError, recovered });
  }

  /** For the log: the model did not say a phrase as it was told to. */
  noteDeviation(kind: SpeechKind): void {
    const { provider } = this.parts.used;
    this.parts.log('call.other-words', { provider, kind });
    const atMs = this.parts.nowMs();
    const data = { stage: 'realtime', provider, code: 'other-words', recovered: true, atMs };
    this.scribe.note({ type: 'call.error', data: { ...data, stage: 'realtime' } });
  }

  #noteTurn({ utterance, isCut }: Extract<MouthEvent, { type: 'ended' }>, heardText: string): void {
    const { used, voice } = this.parts;
    const reply = this.replies.of(utterance.number);
    const cost: SpokenCost = reply
      ? { llm: used, tts: used, reply: { usage: reply.usage } }
      : { llm: used, tts: voice.used, reply: undefined };
    if (reply?.usage) reply.isCounted = true;
    if (utterance.startedAtMs === null) return this.scribe.addUtterance(utterance, cost);
    const answer = reply && { ...usageOf(reply.usage), firstTokenAtMs: utterance.firstByteAtMs };
    this.scribe.agentTurn(utterance, { ...cost, heardText, isCut, reply: answer });
  }

  #voiceFailed(utterance: number, error: unknown): void {
    this.#trouble('tts', this.parts.voice.used.provider, { error, recovered: false });
    this.#happen({ type: 'phrase-failed', utterance });
  }

  #onSession(news: SessionNews): void {
    if (news.type === 'event') {
      return (this.#reading[news.event.type] as (event: ConversationEvent) => void)(news.event);
    }
    if (news.type === 'opened') return this.#happen({ type: 'session-back' });
    const { error, triesAgain } = news;
    const { provider } = this.parts.used;
    this.#lastError = error;
    this.parts.log('call.vendor-failed', { provider, error });
    this.replies.endAll();
    if (triesAgain) this.#trouble('realtime', provider, { error, recovered: true });
    else this.#happen({ type: 'session-lost' });
  }

  readonly #reading: Reading = {
    'caller-started': (event) => this.#happen(event),
    'caller-stopped': (event) => this.#happen(event),
    'caller-said': ({ text, final }) => {
      if (final) this.#happen({ type: 'caller-said', text });
      else this.scribe.callerPartial(text);
    },
    'reply-started': ({ replyId }) => {
      this.replies.begin(replyId);
      this.#happen({ type: 'model-started', replyId });
    },
    audio: ({ replyId, bytes }) => this.replies.get(replyId)?.sound(bytes),
    'agent-said': ({ replyId, text }) => this.replies.get(replyId)?.words(text),
    'tool-call': ({ id, name, argumentsText }) =>
      this.#happen({ type: 'model-asked-tool', id, name, argumentsText }),
    'reply-ended': ({ replyId, reason, usage }) => {
      this.replies.end(replyId, usage);
      if (reason === 'failed') this.#happen({ type: 'model-failed' });
    },
    usage: ({ model, usage }) => {
      const { provider } = this.parts.used;
      const llm = { provider, model: model ?? this.parts.used.model };
      this.scribe.addReply({ reply: { usage }, llm });
    },
  };

  #trouble(
    stage: 'realtime' | 'tts',
    provider: string,
    { error, recovered }: { readonly error: unknown; readonly recovered: boolean },
  ): void {
    const code = isAppError(error) ? error.code : 'internal';
    const atMs = this.parts.nowMs();
    const data = { stage, provider, code, recovered, atMs } as const;
    this.scribe.note({ type: 'call.error', data });
    this.scribe.trouble(stage, code);
  }
}

function usageOf(usage: Usage | null) {
  return { eager: false, usage: usage ?? { promptTokens: 0, completionTokens: 0 } };
}
