import type { AgentConfig } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { Pronunciations } from '../../domain/text/pronunciation.js';
import { SpokenText } from '../../domain/text/spoken-text.js';
import type { SpokenPiece } from '../../domain/text/written-prefix.js';
import type { RuntimeConfig } from '../door/ports.js';
import type { CircuitBreakers } from '../failover/circuit-breaker.js';
import type { HearingChoice } from '../hearing/hearing-news.js';
import type {
  AudioFormat,
  LanguageModel,
  ProviderAccess,
  SpeechToSpeech,
  SpeechToText,
  TextToSpeech,
} from '../ports/index.js';
import type { SpeakingChoice } from '../speaking-failover/succession.js';
import type { ThinkingChoice } from '../thinking/thinking.js';
import type { TextShaper } from './mouth.js';

type NonEmpty<T> = readonly [T, ...T[]];

/** Everybody who is installed, by the name agents use. */
export interface Vendors {
  readonly speechToText: readonly SpeechToText[];
  readonly languageModels: readonly LanguageModel[];
  readonly textToSpeech: readonly TextToSpeech[];
  readonly speechToSpeech: readonly SpeechToSpeech[];
  readonly breakers: CircuitBreakers;
  /** The operator's address and key of a vendor; `null`: not installed. */
  readonly house: (provider: string) => Pick<ProviderAccess, 'baseUrl' | 'apiKey'> | null;
}

export interface CastOf {
  readonly callId: string;
  readonly tenant: string;
  readonly runtime: RuntimeConfig;
  readonly format: AudioFormat;
}

/** A tenant's own key, or the house's; connections are shared among those who share a key. */
export function accessOf(
  vendors: Vendors,
  of: Omit<CastOf, 'format'>,
  provider: string,
): ProviderAccess {
  const house = vendors.house(provider);
  if (!house) throw new AppError('provider.refused', { details: { provider } });
  const own = of.runtime.keys.find((key) => key.provider === provider);
  const { baseUrl } = house;
  if (own) return { provider, baseUrl, apiKey: own.apiKey, owner: of.tenant };
  return { provider, baseUrl, apiKey: house.apiKey, owner: 'house' };
}

function installed<T extends { readonly provider: string }>(list: readonly T[], name: string): T {
  const found = list.find(({ provider }) => provider === name);
  if (!found) throw new AppError('provider.refused', { details: { provider: name } });
  return found;
}

export function hearingChoices(vendors: Vendors, of: CastOf): NonEmpty<HearingChoice> {
  const { config } = of.runtime;
  const { language, endpointing, keyterms } = config;
  const cast = ({ provider, model }: AgentConfig['stt']): HearingChoice => ({
    speechToText: installed(vendors.speechToText, provider),
    order: {
      access: accessOf(vendors, of, provider),
      ...{ model, language, endpointing, keyterms },
      ...{ format: of.format, callId: of.callId },
    },
  });
  return [cast(config.stt), ...config.fallbacks.stt.map(cast)];
}

export function thinkingChoices(vendors: Vendors, of: CastOf): NonEmpty<ThinkingChoice> {
  const { config } = of.runtime;
  const cast = ({ provider, model }: { provider: string; model: string }): ThinkingChoice => {
    const access = accessOf(vendors, of, provider);
    const circuit = vendors.breakers.of(access);
    return {
      model: installed(vendors.languageModels, provider),
      access,
      modelName: model,
      circuit,
    };
  };
  return [cast(config.llm), ...config.fallbacks.llm.map(cast)];
}

export function speakingChoices(vendors: Vendors, of: CastOf): NonEmpty<SpeakingChoice> {
  const { config } = of.runtime;
  const cast = (one: {
    readonly provider: string;
    readonly model: string;
    readonly voice: string | null;
  }): SpeakingChoice => {
    const access = accessOf(vendors, of, one.provider);
    return {
      textToSpeech: installed(vendors.textToSpeech, one.provider),
      access,
      modelName: one.model,
      voice: one.voice,
      circuit: vendors.breakers.of(access),
    };
  };
  // The agent's own voice follows the language of the call.
  return [cast({ ...config.tts, voice: null }), ...config.fallbacks.tts.map(cast)];
}

/** From what a model writes to what a voice says. */
export class SpokenShaper implements TextShaper {
  readonly #text: SpokenText;

  constructor(language: string, pronunciations: Pronunciations) {
    this.#text = new SpokenText({ language, pronunciations });
  }

  push(text: string): readonly SpokenPiece[] {
    return this.#text.push(text);
  }

  end(): readonly SpokenPiece[] {
    return this.#text.end();
  }
}

export function pronunciationsOf(config: AgentConfig): Pronunciations {
  return new Pronunciations(config.pronunciations);
}
