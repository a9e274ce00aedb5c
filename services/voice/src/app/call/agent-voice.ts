import type { AgentConfig } from '@trunkline/contracts';
import { baseLanguage } from '@trunkline/contracts';
import { Pronunciations } from '../../domain/text/pronunciation.js';
import type { AudioFormat, ProviderAccess, Speaking } from '../ports/index.js';
import type { TextToSpeechWithFallback } from '../speaking-failover/text-to-speech-with-fallback.js';
import type { CallVoice } from './call-parts.js';
import type { ProviderModel } from './call-scribe.js';
import { SpokenShaper } from './casting.js';
import type { TextShaper } from './mouth.js';

export interface AgentVoiceParts {
  readonly voices: TextToSpeechWithFallback;
  readonly access: ProviderAccess;
  readonly config: AgentConfig;
  readonly format: AudioFormat;
  readonly pronunciations: Pronunciations;
}

/** How the agent sounds in this call, in the language it is held in now. */
export class AgentVoice implements CallVoice {
  readonly #parts: AgentVoiceParts;
  #language: string;
  #voice: string;

  constructor(parts: AgentVoiceParts) {
    this.#parts = parts;
    this.#language = parts.config.language;
    this.#voice = parts.config.tts.voice;
  }

  get used(): ProviderModel {
    const { provider, modelName } = this.#parts.voices;
    return { provider, model: modelName };
  }

  speak(language: string): void {
    const { config } = this.#parts;
    const other = config.languages.find((one) => baseLanguage(one.language) === language);
    this.#language = other?.language ?? config.language;
    this.#voice = other?.voice ?? config.tts.voice;
  }

  open(signal: AbortSignal): Promise<Speaking> {
    const { voices, access, config, format } = this.#parts;
    const { model, speed } = config.tts;
    const order = { access, model, speed, format, voice: this.#voice, language: this.#language };
    return voices.open(order, signal);
  }

  shaper(): TextShaper {
    return new SpokenShaper(this.#language, this.#parts.pronunciations);
  }
}

/** An agent none of whose voices is installed. */
export class NoVoice implements CallVoice {
  readonly used: ProviderModel;
  readonly #language: string;
  readonly #why: unknown;

  constructor(config: AgentConfig, why: unknown) {
    const { provider, model } = config.tts;
    this.used = { provider, model };
    this.#language = config.language;
    this.#why = why;
  }

  open(): Promise<Speaking> {
    return Promise.reject(this.#why as Error);
  }

  shaper(): TextShaper {
    return new SpokenShaper(this.#language, new Pronunciations([]));
  }

  speak(): void {
    // There is no voice whose language could change.
  }
}
