import {
  agentDefaults,
  baseLanguage,
  defaultModel,
  modelsOf,
  voiceCatalogue,
  type AgentConfig,
  type AgentConfigPatch,
  type RuntimeDefaults,
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
  const asked = wishes.llmProvider ?? wishes.config?.llm?.provider;
  const provider = asked ?? tenant.llmProvider ?? agentDefaults.llm.provider;
  const isTenants = provider === (tenant.llmProvider ?? agentDefaults.llm.provider);
  const model =
    wishes.llmModel ??
    (isTenants ? tenant.llmModel : undefined) ??
    defaultModel('llm', provider, language) ??
    agentDefaults.llm.model;
  return { ...agentDefaults.llm, provider, model };
}

function speechFor(
  wishes: Wishes,
  tenant: Defaults,
  language: string,
): Pick<AgentConfig, 'stt' | 'tts'> {
  const stt = wishes.sttProvider ?? wishes.config?.stt?.provider ?? agentDefaults.stt.provider;
  const tts = wishes.ttsProvider ?? wishes.config?.tts?.provider ?? agentDefaults.tts.provider;
  return {
    stt: {
      provider: stt,
      model: defaultModel('stt', stt, language) ?? agentDefaults.stt.model,
    },
    tts: {
      ...agentDefaults.tts,
      provider: tts,
      model: defaultModel('tts', tts, language) ?? agentDefaults.tts.model,
      voice: tenant.voice ?? voiceFor(tts, language),
    },
  };
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
  const mode = !model || model.endsTurns ? 'model' : 'silence';
  return mergeConfig(config, { endpointing: { mode } });
}
