import type { StampKind } from '../core/stamps.js';
import type { HeardWord } from '../speech/heard-words.js';
import { configure, type Configure, type V2Query } from './queries.js';
import {
  configureFailure,
  configureSuccess,
  connected,
  fatalError,
  turnInfo,
  type Address,
  type Trigger,
  type TurnEvent,
  type TurnLanguages,
} from './v2-messages.js';
import { bytesOf, LaggedVoice, messageIn, provider, type Session } from './session.js';

/** Less is a click, not somebody speaking. */
const SPEECH_MS = 80;
/** Sound that is no word is told of then all the same. */
const UNKNOWN_SPEECH_MS = 300;
/** How sure it is, just after somebody went on, that the turn is over. */
const RESUMED = 0.1;

const textOf = (words: readonly HeardWord[]): string => words.map(({ text }) => text).join(' ');

/** Flux: one socket, turn after turn. */
export class ListenV2 {
  readonly #session: Session;
  readonly #voice: LaggedVoice;
  #query: V2Query;
  #state: 'silent' | 'speaking' | 'maybe over' = 'silent';
  #eager: readonly HeardWord[] = [];
  #turnIndex = 0;
  #turnStartMs = 0;
  #lastTellingMs = 0;
  #nextSequenceId = 0;

  constructor(session: Session, query: V2Query) {
    this.#session = session;
    this.#query = query;
    this.#voice = new LaggedVoice(session);
  }

  listen(): void {
    const { socket, hearing } = this.#session;
    this.#tellAtOnce(connected(this.#address()));
    socket.on('message', (data, isBinary) => {
      if (isBinary) hearing.hear(bytesOf(data), () => this.#afterBlock());
      else this.#order(messageIn(data));
    });
  }

  #order(message: { readonly type: string } | undefined): void {
    switch (message?.type) {
      case 'Configure':
        return this.#configure(message);
      case 'ForceEndTurn':
        return this.#state === 'silent' ? undefined : this.#end('manual');
      case 'CloseStream':
        this.#tell('Update', this.#words(), { confidence: this.#confidence() });
        return this.#voice.close();
      default:
        this.#fail('UNPARSABLE_CLIENT_MESSAGE', 'The message is none that is understood.');
    }
  }

  /** The message by which Flux says that it will not go on. */
  #fail(code: string, description: string): void {
    this.#voice.tell(fatalError(this.#address(), code, description));
    this.#voice.close(1008, code);
  }

  #configure(message: object): void {
    const asked = configure.safeParse(message);
    const hints = asked.data?.language_hints;
    if (!asked.success || (hints && this.#query.model !== 'flux-general-multi')) {
      return this.#tellAtOnce(configureFailure(this.#address()));
    }
    this.#query = configured(this.#query, asked.data);
    this.#tellAtOnce(configureSuccess(this.#address(), this.#query));
  }

  #afterBlock(): void {
    const { hearing, settings } = this.#session;
    if (this.#state === 'silent') this.#maybeStart();
    else if (this.#state === 'maybe over' && hearing.silenceMs < settings.eagerSilenceMs) {
      this.#resume();
    } else this.#maybeEnd();
    if (hearing.audioMs - this.#lastTellingMs >= settings.updateEveryMs) {
      this.#tell('Update', this.#words(), { confidence: this.#confidence() });
    }
  }

  #maybeStart(): void {
    const { hearing, settings } = this.#session;
    const { voicedMs = 0 } = hearing.voice ?? {};
    if (voicedMs === 0) return;
    const words = hearing.words(true);
    const isSpeech = voicedMs >= SPEECH_MS && words.length > 0;
    if (isSpeech || voicedMs >= UNKNOWN_SPEECH_MS) {
      this.#state = 'speaking';
      this.#tell('StartOfTurn', words, { confidence: 0, stamp: 'stt-speech-started' });
    } else if (hearing.silenceMs >= settings.endSilenceMs) hearing.endTurn();
  }

  #maybeEnd(): void {
    const { hearing, settings } = this.#session;
    const { eager_eot_threshold: eager, eot_threshold, eot_timeout_ms } = this.#query;
    const { silenceMs } = hearing;
    if (silenceMs >= settings.endSilenceMs && eot_threshold < 1) return this.#end('model');
    if (silenceMs >= eot_timeout_ms) return this.#end('timeout');
    const isEager = eager !== undefined && this.#state === 'speaking';
    if (!isEager || silenceMs < settings.eagerSilenceMs) return;
    const words = hearing.words(false);
    if (words.length === 0) return;
    this.#eager = words;
    this.#state = 'maybe over';
    const confidence = Math.min(0.9, eager + 0.05);
    this.#tell('EagerEndOfTurn', words, { confidence, stamp: 'stt-eager-end-of-turn' });
  }

  #resume(): void {
    this.#state = 'speaking';
    this.#tell('TurnResumed', this.#words(), { confidence: RESUMED });
  }

  #end(trigger: Trigger): void {
    const { hearing } = this.#session;
    const words = hearing.endTurn();
    if (this.#state === 'maybe over' && textOf(words) !== textOf(this.#eager)) {
      this.#tell('TurnResumed', words, { confidence: RESUMED });
    }
    const confidence = Math.min(0.99, Math.max(0.85, this.#query.eot_threshold + 0.05));
    this.#tell('EndOfTurn', words, { confidence, trigger, stamp: 'stt-end-of-turn' });
    this.#state = 'silent';
    this.#turnIndex += 1;
    this.#turnStartMs = hearing.audioMs;
  }

  #words(): readonly HeardWord[] {
    return this.#state === 'silent' ? [] : this.#session.hearing.words(true);
  }

  #confidence(): number {
    const { hearing, settings } = this.#session;
    if (this.#state === 'silent') return 0;
    return Math.min(0.6, (0.6 * hearing.silenceMs) / Math.max(1, settings.endSilenceMs));
  }

  #tell(event: TurnEvent, words: readonly HeardWord[], told: Told): void {
    const { requestId: id, hearing, stamps } = this.#session;
    this.#lastTellingMs = hearing.audioMs;
    const transcript = textOf(words);
    const message = turnInfo({
      ...this.#address(),
      ...told,
      event,
      words,
      turnIndex: this.#turnIndex,
      fromMs: this.#turnStartMs,
      toMs: hearing.audioMs,
      ...(this.#query.model === 'flux-general-multi' && { languages: this.#languages(words) }),
    });
    const { stamp: kind } = told;
    this.#voice.tell(message, () => kind && stamps.add({ provider, kind, id, text: transcript }));
  }

  #languages(words: readonly HeardWord[]): TurnLanguages {
    const heard = words.length > 0 ? [this.#session.hearing.language ?? 'en'] : [];
    return { heard, hinted: this.#query.language_hints };
  }

  #tellAtOnce(message: object): void {
    this.#session.outlet.send(JSON.stringify(message));
  }

  #address(): Address {
    const sequenceId = this.#nextSequenceId;
    this.#nextSequenceId += 1;
    return { requestId: this.#session.requestId, sequenceId };
  }
}

interface Told {
  readonly confidence: number;
  readonly trigger?: Trigger;
  readonly stamp?: StampKind;
}

function configured(query: V2Query, { thresholds, keyterms, language_hints }: Configure): V2Query {
  const { eot_threshold, eager_eot_threshold, eot_timeout_ms } = thresholds;
  return {
    ...query,
    ...(eot_threshold !== undefined && { eot_threshold }),
    ...(eager_eot_threshold !== undefined && { eager_eot_threshold }),
    ...(eot_timeout_ms !== undefined && { eot_timeout_ms }),
    ...(keyterms && { keyterms }),
    ...(language_hints && { language_hints }),
  };
}
