import { describe, expect, it } from '@jest/globals';
import { providerCatalogue } from '@trunkline/contracts';
import { hearingCostMicros, turnCostMicros } from './cost.js';

const nothing = {
  model: 'unheard-of',
  promptTokens: 0,
  completionTokens: 0,
  voiceProvider: 'nobody',
  spokenCharacters: 0,
};
const minuteMs = 60_000;

describe('what a call costs at list prices', () => {
  it('adds what was read, written and spoken', () => {
    const use = { model: 'gpt-4o-mini', promptTokens: 1000, completionTokens: 100 };
    const voice = { voiceProvider: 'cartesia', spokenCharacters: 100 };
    expect(turnCostMicros({ ...use, ...voice })).toBe(150 + 60 + 3800);
  });

  it('takes what it does not know for nothing', () => {
    const use = { ...nothing, promptTokens: 1000, completionTokens: 1000, spokenCharacters: 1000 };
    expect([turnCostMicros(use), hearingCostMicros('nobody', minuteMs)]).toEqual([0, 0]);
  });

  it('knows a price of everything an agent can name', () => {
    const free = providerCatalogue.flatMap(({ name, stages }) => [
      ...(stages.llm ?? [])
        .filter(({ id }) => turnCostMicros({ ...nothing, model: id, promptTokens: 1e6 }) === 0)
        .map(({ id }) => id),
      ...(stages.stt && hearingCostMicros(name, minuteMs) === 0 ? [name] : []),
      ...(stages.tts &&
      turnCostMicros({ ...nothing, voiceProvider: name, spokenCharacters: 1e6 }) === 0
        ? [name]
        : []),
    ]);
    expect(free).toEqual([]);
  });
});
