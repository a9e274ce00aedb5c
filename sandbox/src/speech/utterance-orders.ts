import { z } from 'zod';
import type { Desk } from '../core/desk.js';
import { BadOrder, type ControlOrder, type StandIn } from '../core/stand-in.js';
import { resample } from './resample.js';
import { prepareSpeech, speech } from './speak.js';
import { LISTENING_RATE_HZ, type Registration } from './utterance-bank.js';
import { readWav } from './wav.js';

const MAX_UTTERANCES = 500;

const order = z.strictObject({
  text: z.string().min(1).max(2000),
  language: z.string().max(35).optional(),
  /** A WAV, base64; left out: spoken by the sandbox's own voice. */
  audio: z.base64().optional(),
});
const orders = z.union([
  order.transform((one) => [one]),
  z.array(order).min(1).max(MAX_UTTERANCES),
]);
type Order = z.output<typeof order>;

/** `/__control/utterances`: what callers will say, told beforehand. */
export function utteranceOrders({ utterances }: Desk): StandIn {
  return {
    name: 'utterances',
    faults: z.never(),
    async control({ method, path, body }: ControlOrder): Promise<unknown> {
      if (path !== '/' || (method !== 'POST' && method !== 'GET')) return undefined;
      if (method === 'GET') return { texts: utterances.all.map(({ text }) => text) };
      const registered: object[] = [];
      const parsed = orders.parse(body);
      await prepareAll(parsed);
      for (const one of parsed) {
        const utterance = utterances.register(registrationOf(one));
        if (!utterance) throw new BadOrder(`nothing is to be heard of "${one.text}"`);
        const durationMs = (utterance.sound.length * 1000) / LISTENING_RATE_HZ;
        registered.push({ text: one.text, durationMs, words: utterance.words });
      }
      return { registered };
    },
    reset: () => utterances.clear(),
  };
}

/** All words of a language in one go. */
async function prepareAll(all: readonly Order[]): Promise<void> {
  const spoken = all.filter(({ audio }) => audio === undefined);
  for (const language of new Set(spoken.map((one) => one.language))) {
    const texts = spoken.filter((one) => one.language === language).map(({ text }) => text);
    await prepareSpeech(texts, language);
  }
}

function registrationOf({ text, language, audio }: Order): Registration {
  if (audio !== undefined) return { text, language, samples: samplesIn(audio) };
  const options = { rateHz: LISTENING_RATE_HZ, ...(language && { language }) };
  const { samples, words } = speech(text, options);
  return { text, language, samples, words };
}

function samplesIn(audio: string): Int16Array {
  try {
    const { rateHz, channels, samples } = readWav(Buffer.from(audio, 'base64'));
    const first = samples.filter((_, at) => at % channels === 0);
    return resample(first, rateHz, LISTENING_RATE_HZ);
  } catch (error) {
    if (error instanceof RangeError) throw new BadOrder(`audio: ${error.message}`);
    throw error;
  }
}
