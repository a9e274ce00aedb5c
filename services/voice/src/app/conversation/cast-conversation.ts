import { speechModels, type SpeechMode } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { accessOf, type CastOf, type Vendors } from '../call/casting.js';
import type { AudioFormat, ToolRunner } from '../ports/index.js';
import type { ConversationParts } from './conversation-parts.js';

interface ModelVendor {
  /** Whose account it is. */
  readonly provider: string;
  readonly voice: string;
}

/** What an agent that names no voice gets. */
const usual: { readonly [Mode in SpeechMode]: ModelVendor } = {
  'openai-realtime': { provider: 'openai', voice: 'marin' },
  'gemini-live': { provider: 'gemini', voice: 'Puck' },
};

/** The line's own format first: what is not converted loses nothing. */
const formats: readonly AudioFormat[] = [
  { encoding: 'mulaw', rateHz: 8000 },
  { encoding: 'pcm16le', rateHz: 24_000 },
  { encoding: 'pcm16le', rateHz: 16_000 },
];

export interface ModelOrder {
  readonly mode: SpeechMode;
  readonly of: CastOf;
  readonly systemText: string;
  readonly tools: ToolRunner;
}

/** Who hears, thinks and speaks; row O18 says until when somebody else may. */
export function castModel(
  vendors: Vendors,
  { mode, of, systemText, tools }: ModelOrder,
): Pick<ConversationParts, 'open' | 'hears' | 'speaks' | 'used'> {
  const { config } = of.runtime;
  const speech = vendors.speechToSpeech.find(({ provider }) => provider === mode);
  if (!speech) throw new AppError('provider.refused', { details: { provider: mode } });
  const { provider, voice: usualVoice } = usual[mode];
  const { model, voice } = config.realtime ?? { model: speechModels[mode][0], voice: usualVoice };
  const fits = (accepts: (format: AudioFormat) => boolean): AudioFormat => {
    const found = [of.format, ...formats].find(accepts);
    if (!found) throw new AppError('internal', { details: { reason: `${mode} takes no sound` } });
    return found;
  };
  const hears = fits((format) => speech.hears(format));
  const speaks = fits((format) => speech.speaks(format));
  const order = {
    ...{ model, voice, hears, speaks },
    ...{ instructions: systemText, language: config.language, tools: tools.specs },
    temperature: config.llm.temperature,
  };
  return {
    ...{ hears, speaks, used: { provider: mode, model } },
    // A vendor without a key is one that cannot be reached: the call may go on without it.
    open: async (history, signal) => {
      const access = accessOf(vendors, of, provider);
      // Chat and speech of one vendor fail apart.
      const circuit = vendors.breakers.of({ ...access, provider: mode });
      return circuit.run(() => speech.open({ ...order, access, history }, signal));
    },
  };
}
