import type { StampKind } from '../core/stamps.js';
import type { HeardWord } from '../speech/heard-words.js';
import { configure, type Configure, type V2Query } from './queries.js';
import { bytesOf, LaggedVoice, messageIn, provider, type Session } from './session.js';

type Event = 'Update' | 'StartOfTurn' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn';
type Trigger = 'model' | 'manual' | 'timeout';

/** Less is a click, not somebody speaking. */
const SPEECH_MS = 80;
/** Sound that is no word is told of then all the same. */
const UNKNOWN_SPEECH_MS = 300;
const WORD_CONFIDENCE = 0.98;
const MS_PER_S = 1000;
/** How sure it is, just after somebody went on, that the turn is over. */
const RESUMED = 0.1;

const textOf = (words: readonly HeardWord[]): string => words.map(({ text }) => text).join(' ');
const seconds = (ms: number): number => Math.round(ms) / MS_PER_S;

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
    this.#tellAtOnce({ type: 'Connected' });
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
    this.#voice.tell({ type: 'Error', sequence_id: this.#sequenceId(), code, description });
    this.#voice.close(1008, code);
  }

  #configure(message: object): void {
    const asked = configure.safeParse(message);
    const hints = asked.data?.language_hints;
    if (!asked.success || (hints && this.#query.model !== 'flux-general-multi')) {
      return this.#tellAtOnce({ type: 'ConfigureFailure' });
    }
    this.#query = configured(this.#query, asked.data);
    const { eot_threshold, eager_eot_threshold, eot_timeout_ms } = this.#query;
    const { model, keyterms, language_hints } = this.#query;
    this.#tellAtOnce({
      type: 'ConfigureSuccess',
      thresholds: { eot_threshold, eager_eot_threshold, eot_timeout_ms },
      keyterms,
      ...(model === 'flux-general-multi' && { language_hints }),
    });
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

  #tell(event: Event, words: readonly HeardWord[], told: Told): void {
    const { requestId, hearing, stamps } = this.#session;
    this.#lastTellingMs = hearing.audioMs;
    const transcript = textOf(words);
    const message = {
      type: 'TurnInfo',
      request_id: requestId,
      sequence_id: this.#sequenceId(),
      event,
      turn_index: this.#turnIndex,
      audio_window_start: seconds(this.#turnStartMs),
      audio_window_end: seconds(hearing.audioMs),
      transcript,
      words: words.map(wordOnWire),
      end_of_turn_confidence: told.confidence,
      ...(told.trigger && { trigger: told.trigger }),
      ...(this.#query.model === 'flux-general-multi' && this.#languages(words)),
    };
    const { stamp: kind } = told;
    const id = requestId;
    this.#voice.tell(message, () => kind && stamps.add({ provider, kind, id, text: transcript }));
  }

  #languages(words: readonly HeardWord[]): object {
    const hinted = this.#query.language_hints;
    const languages = words.length > 0 ? [this.#session.hearing.language ?? 'en'] : [];
    return { languages, languages_hinted: hinted };
  }

  #tellAtOnce(message: { readonly type: string; readonly [field: string]: unknown }): void {
    const { outlet, requestId } = this.#session;
    const sequence_id = this.#sequenceId();
    outlet.send(JSON.stringify({ ...message, request_id: requestId, sequence_id }));
  }

  #sequenceId(): number {
    const id = this.#nextSequenceId;
    this.#nextSequenceId += 1;
    return id;
  }
}

interface Told {
  readonly confidence: number;
  readonly trigger?: Trigger;
  readonly stamp?: StampKind;
}

function wordOnWire({ text, startMs, endMs }: HeardWord): object {
  return { word: text, confidence: WORD_CONFIDENCE, start: seconds(startMs), end: seconds(endMs) };
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
