import { isAppError } from '@trunkline/kernel';
import type { ConversationInput } from '../../domain/conversation/conversation-state.js';
import { CallScribe } from '../call/call-scribe.js';
import { Timers } from '../call/timers.js';
import { Voicing } from '../call/voicing.js';
import type { ChatMessage, ConversationEvent, LineEvent, PlayEvent } from '../ports/index.js';
import type { ConversationParts } from './conversation-parts.js';
import { ReplyVoice, type ReplyEvent } from './reply-voice.js';
import { Session, type SessionNews } from './session.js';

type EventOf<Type extends ConversationEvent['type']> = Extract<ConversationEvent, { type: Type }>;
type Reading = { readonly [Type in ConversationEvent['type']]: (event: EventOf<Type>) => void };

/** The line, the model behind its session, and the voice between them, telling what happened. */
export class ConversationStages {
  readonly session: Session;
  readonly voice: ReplyVoice;
  readonly timers: Timers;
  readonly scribe: CallScribe;
  readonly stop = new AbortController();
  /** What a session that is opened again has to know. */
  history: readonly ChatMessage[] = [];
  readonly #happen: (input: ConversationInput) => void;

  constructor(
    readonly parts: ConversationParts,
    happen: (input: ConversationInput) => void,
  ) {
    this.#happen = happen;
    const { line, speaks, nowMs } = parts;
    this.timers = new Timers((timer) => happen({ type: 'timer', timer }));
    this.scribe = new CallScribe(parts);
    this.voice = new ReplyVoice({ line, speaks, nowMs, tell: (event) => this.#onVoice(event) });
    this.session = new Session({
      ...{ parts, signal: this.stop.signal, history: () => this.history },
      tell: (news) => this.#onSession(news),
    });
    this.#listen();
  }

  close(): void {
    this.stop.abort();
    this.timers.close();
    this.parts.line.close();
  }

  #listen(): void {
    const { line, recording, nowMs } = this.parts;
    const voicing = new Voicing(line.format);
    line.onFrame((frame) => {
      this.session.send(frame);
      recording.heard(frame);
      if (voicing.isVoice(frame)) this.scribe.callerSpeaks(nowMs());
    });
    line.onSent((frame) => recording.spoke(frame));
    void this.#followLine();
    void this.session.run();
  }

  async #followLine(): Promise<void> {
    try {
      for await (const event of this.parts.line.events) this.#onLine(event);
    } catch (error) {
      this.parts.log('call.source-failed', { error });
      this.#happen({ type: 'end-now', reason: 'error_unknown', side: 'platform' });
    }
  }

  #onLine(event: LineEvent | PlayEvent): void {
    const atMs = this.parts.nowMs();
    switch (event.type) {
      case 'digit':
        return this.#happen(event);
      case 'dropped':
        this.scribe.note({ type: 'call.reconnecting', data: { atMs } });
        return this.#happen({ type: 'line-dropped' });
      case 'rejoined':
        this.scribe.note({ type: 'call.rejoined', data: { atMs } });
        return this.#happen({ type: 'line-rejoined' });
      case 'ended': {
        const isLost = event.how === 'lost' || event.how === 'refused';
        return this.#happen({
          type: 'end-now',
          reason: isLost ? 'telephony_provider_unavailable' : 'user_hangup',
          side: isLost ? 'carrier' : 'caller',
        });
      }
      default:
        return this.voice.onPlay(event);
    }
  }

  #onSession(news: SessionNews): void {
    if (news.type === 'event') {
      return (this.#reading[news.event.type] as (event: ConversationEvent) => void)(news.event);
    }
    if (news.type === 'opened') return this.#happen({ type: 'session-back' });
    const { error, recovered } = news;
    const code = isAppError(error) ? error.code : 'internal';
    const atMs = this.parts.nowMs();
    const { provider } = this.parts.used;
    const about = { stage: 'realtime', provider, code, recovered, atMs } as const;
    this.scribe.note({ type: 'call.error', data: about });
    this.scribe.trouble('realtime', code);
    this.parts.log('call.vendor-failed', { provider, error });
    this.voice.completeAll();
    if (!recovered) this.#happen({ type: 'session-lost' });
  }

  readonly #reading: Reading = {
    'caller-started': (event) => this.#happen(event),
    'caller-stopped': (event) => this.#happen(event),
    'caller-said': ({ text, final }) => {
      if (final) this.#happen({ type: 'caller-said', text });
      else this.scribe.callerPartial(text);
    },
    'reply-started': ({ replyId }) => {
      this.voice.begin(replyId);
      this.#happen({ type: 'model-started', replyId });
    },
    audio: ({ replyId, bytes }) => this.voice.sound(replyId, bytes),
    'agent-said': ({ replyId, text }) => this.voice.words(replyId, text),
    'tool-call': ({ id, name, argumentsText }) =>
      this.#happen({ type: 'model-asked-tool', id, name, argumentsText }),
    'reply-ended': ({ replyId, reason, usage }) => {
      this.voice.complete(replyId, usage);
      if (reason === 'failed') this.#happen({ type: 'model-failed' });
    },
  };

  #onVoice(event: ReplyEvent): void {
    const { reply } = event;
    const replyId = reply.id;
    if (event.type === 'sounds') {
      this.scribe.agentSpeaks();
      return this.#happen({ type: 'model-sounds', replyId });
    }
    const { heardText, isCut } = event;
    if (reply.startedAtMs !== null) this.#noteTurn(event);
    // Whoever cut it off tells what was heard of it.
    if (!isCut) this.#happen({ type: 'model-heard', replyId, text: heardText });
  }

  #noteTurn({ reply, heardText, isCut }: Extract<ReplyEvent, { type: 'over' }>): void {
    const { used } = this.parts;
    const usage = reply.usage ?? { promptTokens: 0, completionTokens: 0 };
    const answer = { eager: false, firstTokenAtMs: reply.firstByteAtMs, usage };
    const about = { heardText, isCut, reply: answer, llm: used, tts: used };
    this.scribe.agentTurn(reply, about);
  }
}
