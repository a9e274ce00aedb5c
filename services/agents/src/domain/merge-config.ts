import { agentConfig, type AgentConfig, type AgentConfigPatch } from '@trunkline/contracts';

const sections = [
  'llm',
  'stt',
  'tts',
  'endpointing',
  'interruption',
  'idle',
  'recording',
  'consent',
] as const;

/** What the patch leaves out stays; sections are merged field by field, lists replaced. */
export function mergeConfig(config: AgentConfig, patch: AgentConfigPatch): AgentConfig {
  const merged: Record<string, unknown> = { ...config, ...given(patch) };
  for (const section of sections) {
    merged[section] = { ...config[section], ...given(patch[section] ?? {}) };
  }
  // Parsing puts the fields into one order, so that equal configurations have equal texts.
  return agentConfig.parse(merged);
}

function given(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
