import {
  agentDefaults,
  baseLanguage,
  defaultModel,
  modelsOf,
  voiceCatalogue,
  type AgentConfig,
  type AgentConfigPatch,
  type RuntimeDefaults,
  type StageKind,
} from '@trunkline/contracts';
import { mergeConfig } from './merge-config.js';
import { variablesUsedIn } from './prompt-variables.js';

/** What the author of a new agent said; the rest is filled in. */
export interface Wishes {
  readonly prompt: string;
  readonly language?: string | undefined;
  readonly llmProvider?: string | undefined;
  readonly llmModel?: string | undefined;
  readonly sttProvider?: string | undefined;
  readonly ttsProvider?: string | undefined;
  readonly config?: AgentConfigPatch | undefined;
}

export type Defaults = Partial<Omit<RuntimeDefaults, 'promptKey'>>;

/** The author's word first, then the tenant's defaults, then ours, fitted to the language. */
export function newConfig(wishes: Wishes, tenant: Defaults = {}): AgentConfig {
  const language = wishes.language ?? tenant.language ?? agentDefaults.language;
  const choices = { llm: llmFor(wishes, tenant, language), ...speechFor(wishes, tenant, language) };
  const basis: AgentConfig = { prompt: wishes.prompt, ...agentDefaults, language, ...choices };
  const given = wishes.config ?? {};
  const config = mergeConfig(basis, {
    ...given,
    variables: given.variables ?? variablesUsedIn(wishes.prompt),
  });
  return fitEndpointing(config, given);
}

function llmFor(wishes: Wishes, tenant: Defaults, language: string): AgentConfig['llm'] {
  const usual = tenant.llmProvider ?? agentDefaults.llm.provider;
  const provider = wishes.llmProvider ?? wishes.config?.llm?.provider ?? usual;
  const usualModel = provider === usual ? tenant.llmModel : undefined;
  const model = wishes.llmModel ?? usualModel ?? modelFor('llm', provider, language);
  return { ...agentDefaults.llm, provider, model };
}

function speechFor(
  wishes: Wishes,
  tenant: Defaults,
  language: string,
): Pick<AgentConfig, 'stt' | 'tts'> {
  const { stt, tts } = wishes.config ?? {};
  const hearing = wishes.sttProvider ?? stt?.provider ?? agentDefaults.stt.provider;
  const speaking = wishes.ttsProvider ?? tts?.provider ?? agentDefaults.tts.provider;
  const voice = tenant.voice ?? voiceFor(speaking, language);
  const model = modelFor('tts', speaking, language);
  return {
    stt: { provider: hearing, model: modelFor('stt', hearing, language) },
    tts: { ...agentDefaults.tts, provider: speaking, model, voice },
  };
}

/** Of a provider that is not on offer any model will do: it is refused by its name. */
function modelFor(stage: StageKind, provider: string, language: string): string {
  return defaultModel(stage, provider, language) ?? agentDefaults[stage].model;
}

function voiceFor(provider: string, language: string): string {
  const own = voiceCatalogue.filter((voice) => voice.provider === provider);
  const exact = own.find((voice) => voice.language === language);
  const near = own.find((voice) => baseLanguage(voice.language) === baseLanguage(language));
  return (exact ?? near)?.id ?? agentDefaults.tts.voice;
}

/** A model that can't say when a turn is over gets the mode that needs no such model. */
function fitEndpointing(config: AgentConfig, given: AgentConfigPatch): AgentConfig {
  if (given.endpointing?.mode !== undefined) return config;
  const model = modelsOf('stt', config.stt.provider)?.find((one) => one.id === config.stt.model);
  const mode = !model || model.endsTurns ? 'model' : 'vad';
  return mergeConfig(config, { endpointing: { mode } });
}
