import { describe, expect, it } from '@jest/globals';
import { diffConfigs } from './diff-config.js';
import { mergeConfig } from './merge-config.js';
import { newConfig } from './new-config.js';

const before = newConfig({ prompt: 'Hello {{name}}' });

describe('the difference of two configurations', () => {
  it('is nothing between equals', () => expect(diffConfigs(before, before)).toEqual([]));

  it('names each field, its variables and tools by name', () => {
    const after = mergeConfig(before, {
      llm: { temperature: 1 },
      consent: { prompt: 'May we record?' },
      variables: [{ name: 'town', type: 'string', required: true, default: null, description: '' }],
      tools: [{ tool: 't1', version: 1 }],
      interruption: { backchannels: ['ok'] },
    });
    const found = diffConfigs(before, after).map(({ path, change }) => `${change} ${path}`);
    expect(found).toEqual([
      'removed variables.name',
      'added variables.town',
      'changed llm.temperature',
      'added tools.t1',
      'changed interruption.backchannels',
      'changed consent.prompt',
    ]);
  });

  it('tells before from after', () => {
    const after = mergeConfig(before, { maxDurationMs: 60_000 });
    expect(diffConfigs(before, after)).toEqual([
      { path: 'maxDurationMs', change: 'changed', before: 600_000, after: 60_000 },
    ]);
  });
});
