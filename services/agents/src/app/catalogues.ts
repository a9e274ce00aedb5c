import {
  agentDefaults,
  providerCatalogue,
  type ModelDefinition,
  type agentsRoutes,
} from '@trunkline/contracts';
import type { z } from 'zod';
import { listVoices, type VoiceSearch } from '../views/voices.js';
import type { AgentsApp } from './agents-app.js';

type VoicesAnswer = z.input<typeof agentsRoutes.listVoices.answer>;
type ProvidersAnswer = z.input<typeof agentsRoutes.listProviders.answer>;

/** Row V12. */
export async function findVoices(app: AgentsApp, search: VoiceSearch): Promise<VoicesAnswer> {
  const found = await listVoices(app.mongo, search);
  const voices = found.map(({ _id: id, provider, name, language, gender, description }) => ({
    id,
    provider,
    name,
    language,
    gender,
    description,
  }));
  return { voices };
}

export function installedProviders(): ProvidersAnswer {
  const providers = providerCatalogue.map(({ name, title, stages }) => ({
    name,
    title,
    llm: (stages.llm ?? []).map(modelAnswer),
    stt: (stages.stt ?? []).map(modelAnswer),
    tts: (stages.tts ?? []).map(modelAnswer),
  }));
  return { providers, defaults: agentDefaults };
}

function modelAnswer({ id, languages }: ModelDefinition) {
  return { id, languages: languages === 'any' ? ('any' as const) : [...languages] };
}
