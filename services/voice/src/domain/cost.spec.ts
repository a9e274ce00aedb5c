import { describe, expect, it } from '@jest/globals';
import { providerCatalogue, speechModels } from '@trunkline/contracts';
import { estimatedTokens, hearingCostMicros, replyCostMicros, voiceCostMicros } from './cost.js';

const minuteMs = 60_000;
const million = { promptTokens: 1e6, completionTokens: 1e6 };
const noSpeech = {
  ...{ textIn: 0, audioIn: 0, cachedTextIn: 0, cachedAudioIn: 0, textOut: 0, audioOut: 0 },
};
const inDollars = (micros: number): number => micros / 1e6;

describe('what a call costs at list prices', () => {
  it('adds what was read and written, and what was spoken', () => {
    const use = { promptTokens: 1000, completionTokens: 100 };
    expect(replyCostMicros('gpt-4o-mini', use)).toBe(150 + 60);
    expect(voiceCostMicros('cartesia', 100)).toBe(3800);
  });

  it.each([
    ['textIn', 4],
    ['audioIn', 32],
    ['cachedTextIn', 0.4],
    ['cachedAudioIn', 0.4],
    ['textOut', 16],
    ['audioOut', 64],
  ])('tells the tokens of a Realtime model apart: %s', (kind, dollars) => {
    const use = { ...million, speech: { ...noSpeech, [kind]: 1e6 } };
    expect(inDollars(replyCostMicros('gpt-realtime', use))).toBe(dollars);
    expect(inDollars(replyCostMicros('gpt-realtime-2025-08-28', use))).toBe(dollars);
  });

  it.each([
    ['textIn', 0.5],
    ['audioIn', 3],
    ['cachedAudioIn', 3],
    ['textOut', 2],
    ['audioOut', 12],
  ])('tells the tokens of a Live model apart: %s', (kind, dollars) => {
    const use = { ...million, speech: { ...noSpeech, [kind]: 1e6 } };
    expect(inDollars(replyCostMicros('gemini-live-2.5-flash', use))).toBe(dollars);
  });

  it('takes what it does not know for nothing', () => {
    const unknown = { ...million, speech: { ...noSpeech, audioOut: 1e6 } };
    expect([
      replyCostMicros('unheard-of', million),
      replyCostMicros('unheard-of', unknown),
      voiceCostMicros('nobody', 1e6),
      hearingCostMicros('nobody', minuteMs),
    ]).toEqual([0, 0, 0, 0]);
  });

  it('estimates what nobody told', () => {
    expect([estimatedTokens(0), estimatedTokens(1), estimatedTokens(400)]).toEqual([0, 1, 100]);
  });

  it('knows a price of everything an agent can name', () => {
    const free = providerCatalogue.flatMap(({ name, stages }) => [
      ...(stages.llm ?? []).map(({ id }) => id).filter((id) => replyCostMicros(id, million) === 0),
      ...(stages.stt && hearingCostMicros(name, minuteMs) === 0 ? [name] : []),
      ...(stages.tts && voiceCostMicros(name, 1e6) === 0 ? [name] : []),
    ]);
    expect(free).toEqual([]);
  });

  it('knows a price of every kind of token of every model that speaks by itself', () => {
    const kinds = Object.keys(noSpeech);
    const free = Object.values(speechModels)
      .flat()
      .flatMap((model) =>
        kinds
          .filter((kind) => {
            const speech = { ...noSpeech, [kind]: 1e6 };
            return replyCostMicros(model, { ...million, speech }) === 0;
          })
          .map((kind) => `${model}: ${kind}`),
      );
    expect(free).toEqual([]);
  });
});
