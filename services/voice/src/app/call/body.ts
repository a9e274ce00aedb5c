import type { TurnInput } from '../../domain/turn/turn-input.js';
import type { CallRecording, Line, LineEvent, PlayEvent } from '../ports/index.js';
import type { CallVoice } from './call-parts.js';
import { CallScribe, type ScribeParts } from './call-scribe.js';
import { Mouth, type MouthEvent } from './mouth.js';
import { Timers } from './timers.js';
import { Voicing } from './voicing.js';

export interface BodyParts extends ScribeParts {
  readonly line: Line;
  readonly recording: Pick<CallRecording, 'heard' | 'spoke' | 'cleared'>;
  readonly voice: CallVoice;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}

type BodyInput = Extract<
  TurnInput,
  { readonly type: 'timer' | 'digit' | 'line-dropped' | 'line-rejoined' | 'end-now' }
>;

/** Whoever hears and thinks for a call at the moment. */
export interface BodyOwner {
  happen(input: BodyInput): void;
  hears(frame: Uint8Array, isVoice: boolean): void;
  onMouth(event: MouthEvent): void;
}

/** What a call keeps when others hear and think in it: its line, mouth, clocks and notes. */
export class Body {
  readonly mouth: Mouth;
  readonly timers: Timers;
  readonly scribe: CallScribe;
  readonly stop = new AbortController();
  readonly #parts: BodyParts;
  #owner: BodyOwner | undefined;

  constructor(parts: BodyParts) {
    const { line, voice, nowMs } = parts;
    this.#parts = parts;
    this.timers = new Timers((timer) => this.#tell({ type: 'timer', timer }));
    this.scribe = new CallScribe(parts);
    this.mouth = new Mouth({
      ...{ player: line.player, format: line.format, nowMs, signal: this.stop.signal },
      open: (opening) => voice.open(opening),
      shape: () => voice.shaper(),
      tell: (event) => this.#owner?.onMouth(event),
    });
  }

  /** From here on everything is told to this one. */
  serve(owner: BodyOwner): void {
    const isFirst = this.#owner === undefined;
    this.#owner = owner;
    if (isFirst) this.#listen();
  }

  /** What is being said ends here; the log keeps what was heard of it. */
  close(): void {
    this.mouth.close();
    this.#parts.recording.cleared();
    this.stop.abort();
    this.timers.close();
    this.#parts.line.close();
  }

  #listen(): void {
    const { line, recording, nowMs } = this.#parts;
    const voicing = new Voicing(line.format);
    line.onFrame((frame) => {
      const isVoice = voicing.isVoice(frame);
      if (isVoice) this.scribe.callerSpeaks(nowMs());
      this.#owner?.hears(frame, isVoice);
      recording.heard(frame);
    });
    line.onSent((frame) => recording.spoke(frame));
    void this.#followLine();
  }

  #tell(input: BodyInput): void {
    this.#owner?.happen(input);
  }

  /** A source that breaks takes its call with it, and nothing else. */
  async #followLine(): Promise<void> {
    try {
      for await (const event of this.#parts.line.events) this.#onLine(event);
    } catch (error) {
      this.#parts.log('call.source-failed', { error });
      this.#tell({ type: 'end-now', reason: 'error_unknown', side: 'platform' });
    }
  }

  #onLine(event: LineEvent | PlayEvent): void {
    const atMs = this.#parts.nowMs();
    switch (event.type) {
      case 'digit':
        return this.#tell(event);
      case 'dropped':
        this.scribe.note({ type: 'call.reconnecting', data: { atMs } });
        return this.#tell({ type: 'line-dropped' });
      case 'rejoined':
        this.scribe.note({ type: 'call.rejoined', data: { atMs } });
        return this.#tell({ type: 'line-rejoined' });
      case 'ended': {
        const isLost = event.how === 'lost' || event.how === 'refused';
        return this.#tell({
          type: 'end-now',
          reason: isLost ? 'telephony_provider_unavailable' : 'user_hangup',
          side: isLost ? 'carrier' : 'caller',
        });
      }
      default:
        return this.mouth.onPlay(event);
    }
  }
}
