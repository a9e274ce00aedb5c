import type { CallFact } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import type { TurnInput } from '../../domain/turn/turn-input.js';
import type { EarNews, LineEvent, PlayEvent, Word } from '../ports/index.js';
import type { CallParts } from './call-parts.js';
import { CallScribe } from './call-scribe.js';
import { Mind, type MindEvent } from './mind.js';
import { Mouth, type MouthEvent } from './mouth.js';
import { Timers } from './timers.js';
import { Voicing } from './voicing.js';

type Trouble = Omit<Extract<CallFact, { readonly type: 'call.error' }>['data'], 'atMs'>;

const TELL_VOICE_EVERY_MS = 500;

/** The working parts of one call, each telling the same story: what happened. */
export class Stages {
  readonly mouth: Mouth;
  readonly mind: Mind;
  readonly timers: Timers;
  readonly scribe: CallScribe;
  readonly stop = new AbortController();
  /** Of the caller's turn that was understood last. */
  heardWords: readonly Word[] = [];
  heardConfidence: number | null = null;
  #isDeaf = false;
  #toldVoiceAtMs = -Infinity;
  readonly #happen: (input: TurnInput) => void;

  constructor(
    readonly parts: CallParts,
    happen: (input: TurnInput) => void,
  ) {
    this.#happen = happen;
    const { nowMs, line, model, config, voice, tools } = parts;
    const { signal } = this.stop;
    this.timers = new Timers((timer) => happen({ type: 'timer', timer }));
    this.scribe = new CallScribe(parts);
    this.mouth = new Mouth({
      ...{ player: line.player, format: line.format, nowMs, signal },
      open: (opening) => voice.open(opening),
      shape: () => voice.shaper(),
      tell: (event) => this.#onMouth(event),
    });
    this.mind = new Mind({
      ...{ model, mouth: this.mouth, nowMs, signal },
      order: { ...parts.order, ...config.llm, model: parts.order.model, tools: tools.specs },
      tell: (event) => this.#onMind(event),
    });
    this.#listen();
  }

  /** What is being said ends here; the log keeps what was heard of it. */
  close(): void {
    this.mouth.close();
    this.parts.recording.cleared();
    this.stop.abort();
    this.timers.close();
    this.parts.ear.close();
    this.parts.line.close();
  }

  #listen(): void {
    const { line, ear, recording, nowMs } = this.parts;
    const voicing = new Voicing(line.format);
    line.onFrame((frame) => {
      ear.send(frame);
      recording.heard(frame);
      if (voicing.isVoice(frame)) this.#onVoice(nowMs());
    });
    line.onSent((frame) => recording.spoke(frame));
    void this.#follow(line.events, (event) => this.#onLine(event));
    void this.#follow(ear.news, (news) => this.#onEar(news));
  }

  #onVoice(atMs: number): void {
    this.scribe.callerSpeaks(atMs);
    if (!this.#isDeaf || atMs - this.#toldVoiceAtMs < TELL_VOICE_EVERY_MS) return;
    this.#toldVoiceAtMs = atMs;
    this.#happen({ type: 'caller-sounds' });
  }

  /** A source that breaks takes its call with it, and nothing else. */
  async #follow<T>(source: AsyncIterable<T>, take: (item: T) => void): Promise<void> {
    try {
      for await (const item of source) take(item);
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
        return this.mouth.onPlay(event);
    }
  }

  #onEar(news: EarNews): void {
    switch (news.type) {
      case 'trouble':
        this.#isDeaf = true;
        this.#trouble({
          stage: 'stt',
          provider: news.provider,
          code: news.code,
          recovered: true,
        });
        return this.#happen({ type: 'hearing-lost' });
      case 'recovered':
        this.#isDeaf = false;
        return this.#happen({ type: 'hearing-back' });
      case 'gave-up':
        this.#trouble({ stage: 'stt', provider: null, code: news.code, recovered: false });
        return this.#happen({ type: 'hearing-gave-up' });
      case 'lost-utterance':
        return this.#happen({ type: 'utterance-lost' });
      case 'partial':
        this.scribe.callerPartial(news.text);
        return this.#happen(news);
      case 'turn-ended':
        this.heardWords = news.words;
        this.heardConfidence = news.confidence;
        return this.#happen(news);
      case 'segment':
        this.heardWords = [...this.heardWords, ...news.words];
        this.heardConfidence = news.confidence;
        return this.#happen(news);
      default:
        return this.#happen(news);
    }
  }

  #onMouth(event: MouthEvent): void {
    const { utterance } = event;
    const utteranceNumber = utterance.number;
    if (event.type === 'started') {
      this.scribe.agentSpeaks();
      return this.#happen({ type: 'play-started', utterance: utteranceNumber });
    }
    if (event.type === 'failed') {
      const { provider } = this.parts.voice.used;
      this.#trouble({ stage: 'tts', provider, code: codeOf(event.error), recovered: false });
      return this.#happen({ type: 'reply-failed', reply: utteranceNumber, stage: 'tts' });
    }
    const heardText = event.isCut ? this.mouth.heardTextOf(utterance) : utterance.text;
    if (utterance.startedAtMs !== null) {
      this.scribe.agentTurn(utterance, {
        ...{ heardText, isCut: event.isCut, reply: this.mind.replyOf(utteranceNumber) },
        ...{ llm: this.parts.used.llm(), tts: this.parts.voice.used },
      });
    }
    this.mind.forget(utteranceNumber);
    if (event.isCut) return;
    this.#happen({ type: 'play-ended', utterance: utteranceNumber, text: heardText });
  }

  #onMind(event: MindEvent): void {
    const reply = event.reply.number;
    if (event.type === 'asked-tools') {
      return this.#happen({ type: 'reply-asked-tools', reply, text: '', calls: event.calls });
    }
    if (event.type === 'speaks') return this.#happen({ type: 'reply-speaks', reply });
    if (event.type === 'ended') return this.#happen({ type: 'reply-ended', reply });
    const { provider } = this.parts.used.llm();
    const recovered = !event.reply.isAdopted;
    this.#trouble({ stage: 'llm', provider, code: codeOf(event.error), recovered });
    this.#happen({ type: 'reply-failed', reply, stage: 'llm' });
  }

  #trouble(trouble: Trouble): void {
    const atMs = this.parts.nowMs();
    this.scribe.note({ type: 'call.error', data: { ...trouble, atMs } });
    this.scribe.trouble(trouble.stage, trouble.code);
  }
}

function codeOf(error: unknown): string {
  return isAppError(error) ? error.code : 'internal';
}
