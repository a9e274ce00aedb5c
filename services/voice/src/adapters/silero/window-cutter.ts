import { decodeALaw, decodeMuLaw, Resampler, samplesOf } from '@trunkline/telephony';
import type { AudioFormat } from '../../app/ports/index.js';
import { modelWindows, type ModelRateHz } from './judgement.js';

const FULL_SCALE = 32_768;

/** The model hears 8 and 16 kHz as they are. */
export function modelRateOf({ rateHz }: AudioFormat): ModelRateHz {
  return rateHz === 16_000 ? 16_000 : 8000;
}

/** From a line's frames to the model's windows, each with the end of the one before in front. */
export class WindowCutter {
  readonly #decode: (frame: Uint8Array) => Int16Array;
  readonly #window: Float32Array;
  readonly #contextSamples: number;
  #filled: number;

  constructor(format: AudioFormat) {
    const { windowSamples, contextSamples } = modelWindows[modelRateOf(format)];
    this.#decode = decoderOf(format);
    this.#window = new Float32Array(contextSamples + windowSamples);
    this.#contextSamples = contextSamples;
    this.#filled = contextSamples;
  }

  /** `onWindow` is lent the window, for as long as it runs. */
  push(frame: Uint8Array, onWindow: (window: Float32Array) => void): void {
    const window = this.#window;
    for (const sample of this.#decode(frame)) {
      window[this.#filled] = sample / FULL_SCALE;
      this.#filled += 1;
      if (this.#filled < window.length) continue;
      onWindow(window);
      window.copyWithin(0, window.length - this.#contextSamples);
      this.#filled = this.#contextSamples;
    }
  }
}

function decoderOf(format: AudioFormat): (frame: Uint8Array) => Int16Array {
  if (format.encoding === 'pcm16le') {
    const resampler = new Resampler({ fromHz: format.rateHz, toHz: modelRateOf(format) });
    return (frame) => resampler.push(samplesOf(frame));
  }
  const decode = format.encoding === 'mulaw' ? decodeMuLaw : decodeALaw;
  let samples = new Int16Array(0);
  return (frame) => {
    if (samples.length !== frame.length) samples = new Int16Array(frame.length);
    decode(frame, samples);
    return samples;
  };
}
