import type { CallFact } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import type { TurnInput } from '../../domain/turn/turn-input.js';
import type { EarNews, Word } from '../ports/index.js';
import { Body, type BodyOwner } from './body.js';
import type { CallParts } from './call-parts.js';
import type { CallScribe } from './call-scribe.js';
import { Mind, type MindEvent, type Reply } from './mind.js';
import type { Mouth, MouthEvent } from './mouth.js';
import type { Timers } from './timers.js';
import type { Utterance } from './utterance.js';

type Trouble = Omit<Extract<CallFact, { readonly type: 'call.error' }>['data'], 'atMs'>;

const TELL_VOICE_EVERY_MS = 500;

/** The working parts of one call, each telling the same story: what happened. */
export class Stages implements BodyOwner {
  readonly mouth: Mouth;
  readonly mind: Mind;
  readonly timers: Timers;
  readonly scribe: CallScribe;
  readonly stop: AbortController;
  /** Since when it is these who hear, on the clock of the call. */
  readonly sinceMs: number;
  /** Of the caller's turn that was understood last. */
  heardWords: readonly Word[] = [];
  heardConfidence: number | null = null;
  #isDeaf = false;
  #toldVoiceAtMs = -Infinity;
  readonly #happen: (input: TurnInput) => void;

  constructor(
    readonly parts: CallParts,
    happen: (input: TurnInput) => void,
    readonly body = new Body(parts),
  ) {
    this.#happen = happen;
    const { nowMs, model, config, tools } = parts;
    ({ mouth: this.mouth, timers: this.timers, scribe: this.scribe, stop: this.stop } = body);
    this.sinceMs = nowMs();
    this.mind = new Mind({
      ...{ model, mouth: this.mouth, nowMs, signal: this.stop.signal },
      order: { ...parts.order, ...config.llm, model: parts.order.model, tools: tools.specs },
      tell: (event) => this.#onMind(event),
    });
    body.serve(this);
    void this.#followEar();
  }

  close(): void {
    this.body.close();
    this.mind.close();
    this.parts.ear.close();
  }

  happen(input: TurnInput): void {
    this.#happen(input);
  }

  hears(frame: Uint8Array, isVoice: boolean): void {
    this.parts.ear.send(frame);
    if (isVoice) this.#onVoice(this.parts.nowMs());
  }

  #onVoice(atMs: number): void {
    if (!this.#isDeaf || atMs - this.#toldVoiceAtMs < TELL_VOICE_EVERY_MS) return;
    this.#toldVoiceAtMs = atMs;
    this.#happen({ type: 'caller-sounds' });
  }

  /** A source that breaks takes its call with it, and nothing else. */
  async #followEar(): Promise<void> {
    try {
      for await (const news of this.parts.ear.news) this.#onEar(news);
    } catch (error) {
      this.parts.log('call.source-failed', { error });
      this.#happen({ type: 'end-now', reason: 'error_unknown', side: 'platform' });
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

  onMouth(event: MouthEvent): void {
    const { utterance } = event;
    const { number } = utterance;
    if (event.type === 'started') {
      this.scribe.agentSpeaks();
      return this.#happen({ type: 'play-started', utterance: number });
    }
    if (event.type === 'ended') return this.#spoken(utterance, event.isCut);
    const { provider } = this.parts.voice.used;
    this.#trouble({ stage: 'tts', provider, code: codeOf(event.error), recovered: false });
    this.scribe.addUtterance(utterance, this.#costOf(utterance));
    this.#happen({ type: 'reply-failed', reply: number, stage: 'tts' });
  }

  #spoken(utterance: Utterance, isCut: boolean): void {
    const { number } = utterance;
    if (isCut) this.mind.giveUp(number);
    const heardText = isCut ? this.mouth.heardTextOf(utterance) : utterance.text;
    const cost = this.#costOf(utterance);
    if (utterance.startedAtMs === null) this.scribe.addUtterance(utterance, cost);
    else this.scribe.agentTurn(utterance, { ...cost, heardText, isCut });
    this.mind.forget(number);
    if (!isCut) this.#happen({ type: 'play-ended', utterance: number, text: heardText });
  }

  #costOf({ number, speaker }: Utterance) {
    const { used, voice } = this.parts;
    return { reply: this.mind.replyOf(number), llm: used.llm(), tts: speaker ?? voice.used };
  }

  #onMind(event: MindEvent): void {
    const reply = event.reply.number;
    if (event.type === 'asked-tools') {
      return this.#happen({ type: 'reply-asked-tools', reply, text: '', calls: event.calls });
    }
    if (event.type === 'speaks') return this.#happen({ type: 'reply-speaks', reply });
    if (event.type === 'ended') return this.#happen({ type: 'reply-ended', reply });
    if (event.type === 'used') return this.#onUsed(event.reply);
    const { provider } = this.parts.used.llm();
    const recovered = !event.reply.isAdopted;
    this.#trouble({ stage: 'llm', provider, code: codeOf(event.error), recovered });
    this.#happen({ type: 'reply-failed', reply, stage: 'llm' });
  }

  /** Of an answer with words the mouth tells the end, and with it the price. */
  #onUsed(reply: Reply): void {
    const isKnown = this.mind.replyOf(reply.number) === reply;
    if (reply.hasSpoken || !isKnown) return;
    this.scribe.addReply({ reply, llm: this.parts.used.llm() });
    this.mind.forget(reply.number);
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
