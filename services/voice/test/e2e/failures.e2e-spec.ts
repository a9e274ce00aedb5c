import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallerWorld } from '@trunkline/testing/whole';
import { unluckyCall, type Fault, type Misfortune, type Unlucky } from '../support/unlucky-call.js';

const listen = { waitForAgent: { quietMs: 800, timeoutMs: 12_000 } };
/** Until the agent has nothing to add: a filler is no answer yet. */
const listenLong = { waitForAgent: { quietMs: 2500, timeoutMs: 20_000 } };
const say = (text: string) => ({ say: text });
const hangUp = { hangUp: true };
/** Four seconds is the promise; a machine that is busy with other tests gets twice that. */
const MOST_SILENCE_MS = 8000;
const greeting = 'Hello, how can I help you?';
const answerTo = (text: string) => `You said: ${text} Is there anything else I can do for you?`;
const askAgain = 'Sorry, could you say that again?';
const apology = 'I am sorry, we have a technical problem. Please call again later. Goodbye.';
const fillers = ['One moment, please.', 'Let me check that.'];
const question = 'Are you open today?';
const longQuestion =
  'I would like to know whether you have a table for four people on Saturday evening near the window.';
const countdown =
  'We open at nine in the morning, we serve lunch from noon, dinner starts at six, and the kitchen closes at ten every night of the week.';
const deathAfter = (afterMessages: number) => ({ kind: 'die-in-middle', afterMessages });
const serverError = { kind: 'server-error', status: 500 };
const broken = (provider: Fault['provider'], fault: Fault['fault'], more = {}): Fault[] => [
  { provider, fault, ...more },
];
const otherModel = {
  fallbacks: { stt: [], tts: [], llm: [{ provider: 'openai', model: 'gpt-4o' }] },
};
const otherEar = {
  fallbacks: { stt: [{ provider: 'deepgram', model: 'nova-3' }], tts: [], llm: [] },
};
const fourQuestions = [
  'First question.',
  'Second question.',
  'Third question.',
  'Fourth question.',
];
const asking = (count: number) =>
  fourQuestions.slice(0, count).flatMap((text) => [say(text), listen]);

const misfortunes = {
  'the ear dies in mid-sentence': {
    faults: broken('deepgram', { kind: 'die-in-middle', afterMs: 3500 }, { times: 1 }),
    config: { firstMessage: null },
    steps: [{ silence: 500 }, say(longQuestion), listen, hangUp],
  },
  'the ear is away for good': {
    faults: broken('deepgram', serverError),
    steps: [listen, say(question), { silence: 30_000 }, hangUp],
  },
  'the first ear is away for good': {
    faults: broken('deepgram', serverError, { match: '/v2/listen' }),
    config: otherEar,
    steps: [listen, say(question), listen, hangUp],
  },
  'the model stalls': {
    faults: broken('openai', { kind: 'stall' }, { match: 'gpt-4o-mini' }),
    config: otherModel,
    steps: [listen, say(question), listenLong, hangUp],
  },
  'the model is broken': {
    faults: broken('openai', serverError),
    steps: [listen, say(question), listen, say(question), { silence: 20_000 }, hangUp],
  },
  'the model wants a moment': {
    faults: broken('openai', { kind: 'rate-limit', retryAfterSeconds: 1 }, { times: 1 }),
    steps: [listen, say(question), listenLong, hangUp],
  },
  'the model dies in mid-sentence': {
    faults: broken('openai', deathAfter(60), { times: 1 }),
    answer: `${countdown} ${countdown} ${countdown}`,
    steps: [listen, say(question), listen, hangUp],
  },
  'the voice dies in mid-sentence': {
    faults: broken('cartesia', deathAfter(12), { match: '\nWe', times: 1 }),
    answer: countdown,
    steps: [listen, say(question), listenLong, hangUp],
  },
  'the voice is away for good': {
    faults: broken('cartesia', serverError, { match: 'You' }),
    steps: [listen, say(question), { silence: 12_000 }, hangUp],
  },
  'the model fails at the second turn': {
    faults: broken('openai', serverError, { match: 'Second question', times: 1 }),
    config: otherModel,
    steps: [listen, ...asking(2), hangUp],
  },
  'the model fails after the third turn': {
    faults: broken('openai', serverError, { match: 'Fourth question', times: 4 }),
    config: otherModel,
    steps: [listen, ...asking(4), say('Fourth question.'), listen, hangUp],
  },
} as const satisfies Record<string, Misfortune>;
type Name = keyof typeof misfortunes;

let world: CallerWorld;
/** Calls take their time: some at once, and no more than a busy machine answers in time. */
const AT_ONCE = 4;
const calls = new Map<Name, Promise<Unlucky>>();
beforeAll(async () => {
  world = await CallerWorld.start();
  const waiting = Object.keys(misfortunes) as Name[];
  const callOn = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const call = unluckyCall(world.platform, misfortunes[name]);
      calls.set(name, call);
      await Promise.allSettled([call]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, callOn));
}, 240_000);
afterAll(async () => {
  await world?.stop();
});

async function callWhen(name: Name): Promise<Unlucky> {
  const call = await calls.get(name);
  if (!call) throw new Error(`nobody called when ${name}`);
  return call;
}

const anyFiller = (said: readonly string[]): string[] =>
  said.filter((text) => fillers.includes(text.trim()));
const errorsOf = ({ errors }: Unlucky) =>
  errors.map(({ stage, recovered }) => ({ stage, recovered }));

describe('what a caller hears when a vendor fails', () => {
  it('E23 the ear dies in mid-sentence: every word of it is understood', async () => {
    const { call, understood, errors } = await callWhen('the ear dies in mid-sentence');
    expect(understood).toEqual([longQuestion]);
    expect(errors).toMatchObject([{ stage: 'stt', provider: 'deepgram', recovered: true }]);
    expect(call.endReason).toBe('user_hangup');
  });

  it('E23 no ear for good: fillers, asked to repeat, an apology, and the end', async () => {
    const unlucky = await callWhen('the ear is away for good');
    const { call, said } = unlucky;
    expect(said.at(-1)).toBe(apology);
    expect(said.indexOf(askAgain)).toBeGreaterThan(0);
    expect(anyFiller(said).length).toBeGreaterThan(0);
    expect(said.findIndex((text) => fillers.includes(text))).toBeLessThan(said.indexOf(askAgain));
    expect(unlucky.longestSilenceMs).toBeLessThan(MOST_SILENCE_MS);
    expect(call.endReason).toBe('error_stt');
  });

  it('E23 another ear takes over, although its model ends no turns', async () => {
    const { call, understood, said } = await callWhen('the first ear is away for good');
    expect(understood).toEqual([question]);
    expect(said.at(-1)).toContain(question);
    expect(call.endReason).toBe('user_hangup');
  });

  it('O17 the model stalls: a filler, then the answer of the next one', async () => {
    const unlucky = await callWhen('the model stalls');
    expect(unlucky.said).toEqual([
      greeting,
      expect.stringMatching(/^(One moment, please|Let me check that)\.$/),
      answerTo(question),
    ]);
    expect(unlucky.models).toEqual(['gpt-4o']);
    expect(errorsOf(unlucky)).toEqual([{ stage: 'llm', recovered: true }]);
    expect(unlucky.longestSilenceMs).toBeLessThan(MOST_SILENCE_MS);
  });

  it('O17 E23 the model is broken: asked to repeat, an apology, and the end', async () => {
    const { call, said } = await callWhen('the model is broken');
    expect(said).toEqual([greeting, askAgain, apology]);
    expect(call.endReason).toBe('error_llm');
  });

  it('O17 a model that wants to be left alone for a moment answers after it', async () => {
    const unlucky = await callWhen('the model wants a moment');
    expect(unlucky.said.at(-1)).toBe(answerTo(question));
    expect(errorsOf(unlucky)).toEqual([{ stage: 'llm', recovered: true }]);
    expect(unlucky.longestSilenceMs).toBeLessThan(MOST_SILENCE_MS);
  });

  it('O17 the model dies in mid-sentence: what came is spoken, then the caller is asked', async () => {
    const { call, said } = await callWhen('the model dies in mid-sentence');
    expect(said[1]?.startsWith(`${countdown} We open`)).toBe(true);
    expect(said.at(-1)).toBe(askAgain);
    expect(call.endReason).toBe('user_hangup');
  });

  it('O17 the voice dies in mid-sentence: the rest is spoken, and no word twice', async () => {
    const unlucky = await callWhen('the voice dies in mid-sentence');
    const [, first = '', rest = ''] = unlucky.contexts.map((text) => text.trim());
    // How much of it the first one was told depends on when it died.
    expect(countdown.startsWith(first)).toBe(true);
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.length).toBeLessThan(countdown.length);
    expect(countdown.endsWith(rest)).toBe(true);
    expect(unlucky.said).toEqual([greeting, countdown]);
    expect(errorsOf(unlucky)).toEqual([{ stage: 'tts', recovered: true }]);
  });

  it('O17 no voice for good ends the call', async () => {
    const { call, said } = await callWhen('the voice is away for good');
    expect(said).toEqual([greeting]);
    expect(call.endReason).toBe('error_tts');
  });

  it('O18 at the second turn another model may take over', async () => {
    const { call, models, said } = await callWhen('the model fails at the second turn');
    expect(new Set(models)).toEqual(new Set(['gpt-4o-mini', 'gpt-4o']));
    expect(said.at(-1)).toBe(answerTo('Second question.'));
    expect(call.endReason).toBe('user_hangup');
  });

  it('O18 after three turns the model stays, and the caller gets an answer all the same', async () => {
    const { call, models, said } = await callWhen('the model fails after the third turn');
    expect(new Set(models)).toEqual(new Set(['gpt-4o-mini']));
    expect(said.at(-1)).toBe(answerTo('Fourth question.'));
    expect(call.endReason).toBe('user_hangup');
  });
});
