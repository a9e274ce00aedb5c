import { VoiceActivity, type AudioFormat, type VoiceTrack } from '../../app/ports/index.js';
import type { VoiceWindow } from '../../domain/hearing/voice-gate.js';
import { Batcher } from './batcher.js';
import type { Batch, Judged, ModelRateHz } from './judgement.js';
import { SileroThread } from './silero-thread.js';
import { SileroTrack } from './silero-track.js';
import { modelRateOf } from './window-cutter.js';

/** Who judges batches; a thread with the model in it. */
export interface Judge {
  judge(batch: Batch): Promise<Judged>;
  close(): void;
}

export interface SileroParts {
  /** The model cannot be asked: from now on whatever is loud counts as a voice. */
  readonly onGateAlone: (error: unknown) => void;
  readonly openJudge?: () => Judge;
}

/** Silero VAD behind an energy gate: one model for all calls, loaded for the first that needs it. */
export class SileroVoiceActivity extends VoiceActivity {
  readonly #parts: SileroParts;
  readonly #batchers = new Map<ModelRateHz, Batcher>();
  #judge: Judge | undefined;
  #isGateAlone = false;

  constructor(parts: SileroParts) {
    super();
    this.#parts = parts;
  }

  track(format: AudioFormat, onWindow: (window: VoiceWindow) => void): VoiceTrack {
    return new SileroTrack({ format, onWindow, batcher: this.#batcherOf(modelRateOf(format)) });
  }

  close(): void {
    for (const batcher of this.#batchers.values()) batcher.close();
    this.#judge?.close();
  }

  #batcherOf(rateHz: ModelRateHz): Batcher {
    const known = this.#batchers.get(rateHz);
    if (known) return known;
    const { openJudge = () => new SileroThread() } = this.#parts;
    const judge = (this.#judge ??= openJudge());
    const batcher = new Batcher({
      rateHz,
      judge: (batch) => judge.judge(batch),
      onBroken: (error) => this.#broke(error),
    });
    this.#batchers.set(rateHz, batcher);
    return batcher;
  }

  #broke(error: unknown): void {
    if (!this.#isGateAlone) this.#parts.onGateAlone(error);
    this.#isGateAlone = true;
  }
}
