import { describe, expect, it } from '@jest/globals';
import type { AgentConfigPatch } from '@trunkline/contracts';
import { configProblems, type Surroundings } from './config-problems.js';
import { mergeConfig } from './merge-config.js';
import { newConfig } from './new-config.js';

const alone: Surroundings = { tools: new Map(), livePins: [] };
const basis = newConfig({ prompt: 'Hello {{ name }}.' });

function found(patch: AgentConfigPatch, around: Surroundings = alone): string[] {
  return configProblems(mergeConfig(basis, patch), around).map(
    ({ severity, path, code }) => `${severity} ${path} ${code}`,
  );
}
const variable = {
  name: 'name',
  type: 'string',
  required: false,
  default: '',
  description: '',
} as const;

describe('the problems of a configuration', () => {
  it('are none for what a new agent starts from', () => expect(found({})).toEqual([]));

  it.each<readonly [string, AgentConfigPatch, string[]]>([
    ['an unknown variable', { variables: [] }, ['error prompt variable.unknown']],
    [
      'an unknown one elsewhere',
      { firstMessage: 'Hi {{who}}' },
      ['error firstMessage variable.unknown'],
    ],
    [
      'one that is no name',
      { idle: { prompts: ['{{1x}}'] } },
      ['error idle.prompts.0 variable.unknown'],
    ],
    ['an unused variable', { prompt: 'Hello' }, ['warning variables.0 variable.unused']],
    ['a variable twice', { variables: [variable, variable] }, ['error variables.1 variable.twice']],
    [
      'a default of another type',
      { variables: [{ ...variable, type: 'number' }] },
      ['error variables.0 variable.default-type'],
    ],
    [
      'an unknown provider',
      { llm: { provider: 'nobody' } },
      ['error llm.provider provider.unknown'],
    ],
    [
      'a provider of another stage',
      { stt: { provider: 'openai' } },
      ['error stt.provider provider.unknown'],
    ],
    ['an unknown model', { llm: { model: 'gpt-0' } }, ['error llm.model model.unknown']],
    [
      'a language the model does not know',
      { language: 'de' },
      ['error stt.model language.unsupported', 'warning tts.voice voice.language'],
    ],
    ['an unknown voice', { tts: { voice: 'nobody' } }, ['error tts.voice voice.unknown']],
    [
      "a voice of the vendor's own",
      { tts: { voice: '00000000-0000-4000-8000-000000000001' } },
      ['warning tts.voice voice.unknown'],
    ],
    [
      'a model that ends no turns',
      { stt: { model: 'nova-3' } },
      ['error endpointing.mode endpointing.unsupported'],
    ],
    [
      'a voice on the line beside a model that ends turns',
      { endpointing: { mode: 'vad' } },
      ['error endpointing.mode endpointing.unsupported'],
    ],
    [
      'inverted ranges',
      {
        endpointing: { eagerThreshold: 0.8, threshold: 0.7, minDelayMs: 3000, maxDelayMs: 100 },
        idle: { promptAfterMs: 60_000, hangUpAfterMs: 5000 },
      },
      [
        'error endpointing.eagerThreshold range.inverted',
        'error endpointing.minDelayMs range.inverted',
        'error idle.hangUpAfterMs range.inverted',
      ],
    ],
    [
      'consent without a question',
      { consent: { required: true } },
      ['error consent.prompt consent.prompt-missing'],
    ],
    ['an unknown tool', { tools: [{ tool: 't9', version: 1 }] }, ['error tools.0 tool.unknown']],
  ])('report %s', (_name, patch, expected) => expect(found(patch)).toEqual(expected));

  it('report tools that are too new, double or archived', () => {
    const tools = new Map([
      ['t1', { latest: 1, archived: false, name: 'book' }],
      ['t2', { latest: 1, archived: false, name: 'book' }],
      ['t3', { latest: 3, archived: true, name: 'old' }],
    ]);
    const pin = (tool: string, version = 1) => ({ tool, version });
    const around = { tools, livePins: [] };
    expect(found({ tools: [pin('t1', 2)] }, around)).toEqual(['error tools.0 tool.unknown']);
    expect(found({ tools: [pin('t1'), pin('t1')] }, around)).toEqual(['error tools.1 tool.twice']);
    expect(found({ tools: [pin('t1'), pin('t2')] }, around)).toEqual(['error tools.1 tool.twice']);
    expect(found({ tools: [pin('t3')] }, around)).toEqual(['error tools.0 tool.archived']);
    const kept = { tools, livePins: [pin('t3')] };
    expect(found({ tools: [pin('t3')] }, kept)).toEqual(['warning tools.0 tool.archived']);
  });
});
