import type { RawData } from 'ws';
import type { HeardWord } from '../speech/heard-words.js';
import type { V1Query } from './queries.js';
import { bytesOf, LaggedVoice, messageIn, provider, type Session } from './session.js';
import {
  metadataMessage,
  resultsMessage,
  speechStarted,
  utteranceEnd,
  type Segment,
} from './v1-messages.js';

/** Less is a click, not somebody speaking. */
const SPEECH_MS = 60;
/** Longer than the pauses between words: speech after it is reported as new. */
const NEW_SPEECH_AFTER_MS = 500;
/** A final result at least so often, also while somebody speaks on. */
const MAX_SEGMENT_MS = 5000;
const MS_PER_S = 1000;

interface Final {
  readonly speechFinal: boolean;
  readonly fromFinalize: boolean;
}

/** Nova: interim and final results of one stream. */
export class ListenV1 {
  readonly #session: Session;
  readonly #query: V1Query;
  readonly #voice: LaggedVoice;
  readonly #createdAt = new Date();
  #segmentStartMs = 0;
  /** Words of the current hearing that were told in a final result. */
  #told = 0;
  #lastInterimMs = 0;
  #lastWordEndMs: number | undefined;
  #burst = { lastVoicedMs: -Infinity, voicedMs: 0, isTold: false };
  #idle: NodeJS.Timeout | undefined;

  constructor(session: Session, query: V1Query) {
    this.#session = session;
    this.#query = query;
    this.#voice = new LaggedVoice(session);
  }

  listen(): void {
    const { socket } = this.#session;
    this.#idle = this.#idleTimer();
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    socket.once('close', () => clearTimeout(this.#idle));
  }

  #message(data: RawData, isBinary: boolean): void {
    const { hearing } = this.#session;
    clearTimeout(this.#idle);
    this.#idle = this.#idleTimer();
    if (isBinary) return hearing.hear(bytesOf(data), () => this.#afterBlock());
    switch (messageIn(data)?.type) {
      case 'KeepAlive':
        return;
      case 'Finalize':
        return this.#finish({ speechFinal: false, fromFinalize: true });
      case 'CloseStream':
        return this.#closeStream();
      default:
        this.#voice.close(1008, 'DATA-0000');
    }
  }

  #closeStream(): void {
    const { requestId, hearing } = this.#session;
    this.#finish({ speechFinal: false, fromFinalize: false });
    const createdAt = this.#createdAt;
    this.#voice.tell(metadataMessage({ requestId, createdAt, audioMs: hearing.audioMs }));
    this.#voice.close(1000);
  }

  #idleTimer(): NodeJS.Timeout {
    const { outlet, settings } = this.#session;
    return setTimeout(() => {
      outlet.close(1011, 'NET-0001: no audio data or text message within the timeout window');
    }, settings.idleMs);
  }

  #afterBlock(): void {
    const { hearing } = this.#session;
    const { silenceMs, audioMs } = hearing;
    this.#tellSpeech();
    const words = hearing.words(false).slice(this.#told);
    const isOver = hearing.voice !== undefined && silenceMs >= this.#query.endpointing;
    if (isOver && words.length > 0) {
      this.#final(words, { speechFinal: true, fromFinalize: false });
    } else if (audioMs - this.#segmentStartMs >= MAX_SEGMENT_MS) {
      this.#final(words, { speechFinal: false, fromFinalize: false });
    } else this.#maybeInterim();
    this.#maybeUtteranceEnd();
    if (hearing.voice && silenceMs >= Math.max(MS_PER_S, this.#endpointingMs())) this.#forget();
  }

  /** `false` in the query: never by itself. */
  #endpointingMs(): number {
    return Number.isFinite(this.#query.endpointing) ? this.#query.endpointing : 0;
  }

  #tellSpeech(): void {
    const { hearing, stamps, requestId } = this.#session;
    const { voice, audioMs } = hearing;
    if (!voice || voice.lastMs !== audioMs) return;
    const gapMs = audioMs - this.#burst.lastVoicedMs;
    if (gapMs > NEW_SPEECH_AFTER_MS) this.#burst = { lastVoicedMs: 0, voicedMs: 0, isTold: false };
    this.#burst.lastVoicedMs = audioMs;
    this.#burst.voicedMs += 20;
    if (this.#burst.isTold || this.#burst.voicedMs < SPEECH_MS) return;
    this.#burst.isTold = true;
    if (!this.#query.vad_events) return;
    this.#voice.tell(speechStarted(audioMs - this.#burst.voicedMs), () =>
      stamps.add({ provider, kind: 'stt-speech-started', id: requestId, text: '' }),
    );
  }

  #maybeInterim(): void {
    const { hearing, settings } = this.#session;
    if (!this.#query.interim_results) return;
    if (hearing.audioMs - this.#lastInterimMs < settings.interimEveryMs) return;
    const words = hearing.words(true).slice(this.#told);
    if (words.length === 0) return;
    this.#lastInterimMs = hearing.audioMs;
    this.#tellResults(words, { isFinal: false, speechFinal: false, fromFinalize: false });
  }

  #final(words: readonly HeardWord[], of: Final): void {
    this.#tellResults(words, { isFinal: true, ...of });
    this.#told += words.length;
    this.#segmentStartMs = this.#session.hearing.audioMs;
    this.#lastInterimMs = this.#segmentStartMs;
    this.#lastWordEndMs = words.at(-1)?.endMs ?? this.#lastWordEndMs;
  }

  /** All that was heard is told, however little of the last word it was. */
  #finish(of: Final): void {
    const words = this.#session.hearing.endTurn().slice(this.#told);
    this.#final(words, of);
    this.#told = 0;
  }

  /** Words that end only now belong to the next result. */
  #forget(): void {
    const words = this.#session.hearing.endTurn().slice(this.#told);
    if (words.length > 0) this.#final(words, { speechFinal: true, fromFinalize: false });
    this.#told = 0;
  }

  #maybeUtteranceEnd(): void {
    const { utterance_end_ms: afterMs, interim_results: isInterim } = this.#query;
    if (afterMs === undefined || !isInterim || this.#lastWordEndMs === undefined) return;
    const { hearing } = this.#session;
    if (hearing.audioMs - this.#lastWordEndMs < afterMs || hearing.silenceMs === 0) return;
    this.#voice.tell(utteranceEnd(this.#lastWordEndMs));
    this.#lastWordEndMs = undefined;
  }

  #tellResults(words: readonly HeardWord[], flags: Segment['flags']): void {
    const { requestId, hearing, stamps } = this.#session;
    const startMs = this.#segmentStartMs;
    const segment: Segment = { words, flags, startMs, endMs: hearing.audioMs, requestId };
    const text = words.map((word) => word.text).join(' ');
    this.#voice.tell(resultsMessage(segment, this.#query), () => {
      if (!flags.speechFinal) return;
      stamps.add({ provider, kind: 'stt-end-of-turn', id: requestId, text });
    });
  }
}
