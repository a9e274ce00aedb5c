import type { AgentConfig, PromptVariable } from '@trunkline/contracts';

const placeholder = /\{\{([^{}]{0,200})\}\}/g;
const usableName = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** The names between `{{` and `}}`, each once, in order. */
export function placeholdersIn(text: string): string[] {
  const names = [...text.matchAll(placeholder)].map((match) => (match[1] ?? '').trim());
  return [...new Set(names)];
}

/** Every text of the configuration that is spoken or told to the model, by its path. */
export function textsOf(config: AgentConfig): readonly (readonly [path: string, text: string])[] {
  return [
    ['prompt', config.prompt],
    ['firstMessage', config.firstMessage ?? ''],
    ['consent.prompt', config.consent.prompt ?? ''],
    ...config.idle.prompts.map((text, index) => [`idle.prompts.${index}`, text] as const),
  ];
}

/** For an author who declared nothing: each name used becomes an optional text. */
export function variablesUsedIn(text: string): PromptVariable[] {
  return placeholdersIn(text)
    .filter((name) => usableName.test(name))
    .slice(0, 100)
    .map((name) => ({ name, type: 'string', required: false, default: '', description: '' }));
}
