import type { Desk } from '../../core/desk.js';
import { Ear, type EarSettings } from '../../model/ear.js';
import type { Conversation } from './conversation.js';
import { newId, type Mistake, type Say } from './server-event.js';
import { soundFormatOf, type SessionConfig } from './session-config.js';

export interface InputPorts {
  readonly say: Say;
  readonly desk: Desk;
  readonly sessionId: string;
  readonly config: SessionConfig;
  readonly conversation: Conversation;
  readonly transcriptionMs: () => number;
  /** The caller began to speak over whatever is said. */
  readonly interrupted: () => void;
  /** A turn of the caller is complete. */
  readonly turnEnded: () => void;
}

/** What the caller sends: heard, cut into turns, transcribed. */
export class InputBuffer {
  readonly #ports: InputPorts;
  #ear: Ear;
  #itemId = newId('item');
  #isEmpty = true;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(ports: InputPorts) {
    this.#ports = ports;
    this.#ear = new Ear(ports.desk.utterances, this.#earSettings());
  }

  /** After a change of format or turn detection what was heard before counts no more. */
  configured(): void {
    this.#ear = new Ear(this.#ports.desk.utterances, this.#earSettings(), this.#ear.heardMs);
    this.#isEmpty = true;
  }

  append(audio: string): Mistake | undefined {
    const bytes = Buffer.from(audio, 'base64');
    if (audio !== '' && bytes.length === 0) {
      return { code: 'invalid_value', message: 'Invalid base64 audio.', param: 'audio' };
    }
    this.#isEmpty &&= bytes.length === 0;
    const { turnDetection } = this.#ports.config;
    for (const event of this.#ear.hear(bytes)) {
      if (turnDetection === null) continue;
      if (event.kind === 'started') this.#started(event.atMs, turnDetection.interrupt_response);
      else this.#stopped(event, turnDetection.create_response);
    }
    return undefined;
  }

  commit(): Mistake | undefined {
    if (this.#isEmpty) {
      const message = 'Error committing input audio buffer: the buffer is empty.';
      return { code: 'input_audio_buffer_commit_empty', message };
    }
    this.#commit(this.#ear.takeTranscript());
    return undefined;
  }

  clear(): void {
    this.#ear.takeTranscript();
    this.#isEmpty = true;
    this.#ports.say({ type: 'input_audio_buffer.cleared' });
  }

  #started(atMs: number, mayInterrupt: boolean): void {
    const { say, interrupted } = this.#ports;
    const audio_start_ms = Math.round(atMs);
    say({ type: 'input_audio_buffer.speech_started', audio_start_ms, item_id: this.#itemId });
    this.#stamp('stt-speech-started', '');
    if (mayInterrupt) interrupted();
  }

  #stopped(
    { atMs, transcript }: { readonly atMs: number; readonly transcript: string },
    createsResponse: boolean,
  ): void {
    const { say, turnEnded } = this.#ports;
    const audio_end_ms = Math.round(atMs);
    say({ type: 'input_audio_buffer.speech_stopped', audio_end_ms, item_id: this.#itemId });
    this.#stamp('stt-end-of-turn', transcript);
    this.#commit(transcript);
    if (createsResponse) turnEnded();
  }

  #commit(transcript: string): void {
    const { say, conversation, config } = this.#ports;
    const id = this.#itemId;
    this.#itemId = newId('item');
    this.#isEmpty = true;
    const previous_item_id = conversation.lastId;
    say({ type: 'input_audio_buffer.committed', item_id: id, previous_item_id });
    conversation.addHeard(id, transcript);
    if (config.transcription !== null) this.#transcribed(id, transcript);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #transcribed(item_id: string, transcript: string): void {
    const { say, transcriptionMs } = this.#ports;
    const of = { item_id, content_index: 0 };
    const kind = 'conversation.item.input_audio_transcription';
    const usage = { type: 'duration' as const, seconds: 0 };
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (transcript !== '') say({ type: `${kind}.delta`, ...of, delta: transcript });
      say({ type: `${kind}.completed`, ...of, transcript, usage });
    }, transcriptionMs());
    this.#timers.add(timer);
  }

  #stamp(kind: 'stt-speech-started' | 'stt-end-of-turn', text: string): void {
    const { desk, sessionId: id } = this.#ports;
    desk.stamps.add({ provider: 'openai', kind, id, text });
  }

  #earSettings(): EarSettings {
    const { inputFormat, turnDetection } = this.#ports.config;
    const silenceMs =
      turnDetection?.type === 'server_vad' ? turnDetection.silence_duration_ms : 500;
    return { ...soundFormatOf(inputFormat), silenceMs };
  }
}
