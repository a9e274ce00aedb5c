import { describe, expect, it } from '@jest/globals';
import { agentConfig, agentDefaults } from '@trunkline/contracts';
import { newConfig } from './new-config.js';

describe('the configuration of a new agent', () => {
  it('E8 has the defaults temperature 0.7 and 150 tokens', () => {
    expect(newConfig({ prompt: 'Hi' }).llm).toMatchObject({ temperature: 0.7, maxTokens: 150 });
  });

  it('is valid, and the defaults as they stand', () => {
    const config = newConfig({ prompt: 'Hi' });
    expect(agentConfig.parse(config)).toEqual({ prompt: 'Hi', ...agentDefaults });
  });

  it('declares what the prompt uses, unless the author declared something', () => {
    const names = (prompt: string) => newConfig({ prompt }).variables.map(({ name }) => name);
    expect(names('{{a}} {{ b }} {{a}} {{1c}} {{}}')).toEqual(['a', 'b']);
    expect(newConfig({ prompt: '{{a}}', config: { variables: [] } }).variables).toEqual([]);
  });

  it('fits models and voice to the language', () => {
    expect(newConfig({ prompt: 'Hi', language: 'fr-FR' })).toMatchObject({
      stt: { provider: 'deepgram', model: 'flux-general-multi' },
      tts: { voice: 'cartesia-conversation-fr' },
      endpointing: { mode: 'model' },
    });
  });

  it("takes the author's word before the tenant's before ours", () => {
    const tenant = { llmProvider: 'openai', llmModel: 'gpt-4.1', language: 'de', voice: null };
    expect(newConfig({ prompt: 'Hi' }, tenant)).toMatchObject({
      language: 'de',
      llm: { model: 'gpt-4.1' },
    });
    const wishes = { prompt: 'Hi', llmModel: 'gpt-4o', language: 'en' };
    expect(newConfig(wishes, tenant)).toMatchObject({ language: 'en', llm: { model: 'gpt-4o' } });
    const other = newConfig({ prompt: 'Hi', llmProvider: 'nobody' }, tenant);
    expect(other.llm).toMatchObject({ provider: 'nobody', model: agentDefaults.llm.model });
  });

  it('takes the mode that a model without turn ends needs', () => {
    const config = { stt: { model: 'nova-3' } };
    expect(newConfig({ prompt: 'Hi', config }).endpointing.mode).toBe('vad');
    const insisted = { ...config, endpointing: { mode: 'model' as const } };
    expect(newConfig({ prompt: 'Hi', config: insisted }).endpointing.mode).toBe('model');
  });
});
