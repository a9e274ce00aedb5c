/**
 * List prices in micros of a US dollar; what an owner really pays is theirs to know. Of the
 * Realtime models those of `-1.5`, `-2` and `-2.1-mini` were read at OpenAI's model pages on
 * 2026-11-30, and their older names are priced like them; no page of Gemini's Live prices could
 * be read that day: compare them with ai.google.dev/gemini-api/docs/pricing.
 */
interface TokenPrice {
  readonly perMillionPrompt: number;
  readonly perMillionCompletion: number;
}

const tokenPrices: Readonly<Record<string, TokenPrice>> = {
  'gpt-4o-mini': { perMillionPrompt: 150_000, perMillionCompletion: 600_000 },
  'gpt-4o': { perMillionPrompt: 2_500_000, perMillionCompletion: 10_000_000 },
  'gpt-4.1-mini': { perMillionPrompt: 400_000, perMillionCompletion: 1_600_000 },
  'gpt-4': { perMillionPrompt: 30_000_000, perMillionCompletion: 60_000_000 },
  'gpt-4.1': { perMillionPrompt: 2_000_000, perMillionCompletion: 8_000_000 },
};
const perMillionCharacters: Readonly<Record<string, number>> = { cartesia: 38_000_000 };
const perHourHeard: Readonly<Record<string, number>> = { deepgram: 462_000 };

/** Of a model that hears and speaks, each token in one of these. */
export interface SpeechTokens {
  readonly textIn: number;
  readonly audioIn: number;
  readonly cachedTextIn: number;
  readonly cachedAudioIn: number;
  readonly textOut: number;
  readonly audioOut: number;
}
type SpeechPrice = SpeechTokens;

const speechPrice = (perMillion: readonly [number, number, number, number, number, number]) => {
  const [textIn, audioIn, cachedTextIn, cachedAudioIn, textOut, audioOut] = perMillion;
  return { textIn, audioIn, cachedTextIn, cachedAudioIn, textOut, audioOut };
};
const realtime = [4_000_000, 32_000_000, 400_000, 400_000] as const;
const realtimeMini = [600_000, 10_000_000, 60_000, 300_000, 2_400_000, 20_000_000] as const;
/** The Live API caches nothing; what a session remembers is paid again with every turn. */
const geminiLive = [500_000, 3_000_000, 500_000, 3_000_000, 2_000_000, 12_000_000] as const;

/** Per million tokens, in the order: text, audio, cached text, cached audio in; text, audio out. */
const speechPrices: Readonly<Record<string, SpeechPrice>> = {
  'gpt-realtime': speechPrice([...realtime, 16_000_000, 64_000_000]),
  'gpt-realtime-1.5': speechPrice([...realtime, 16_000_000, 64_000_000]),
  'gpt-realtime-2': speechPrice([...realtime, 24_000_000, 64_000_000]),
  'gpt-realtime-mini': speechPrice(realtimeMini),
  'gpt-realtime-2.1-mini': speechPrice(realtimeMini),
  'gemini-live-2.5-flash': speechPrice(geminiLive),
  'gemini-live-2.5-flash-native-audio': speechPrice(geminiLive),
  'gemini-2.5-flash-native-audio-preview-12-2025': speechPrice(geminiLive),
  // Writes down what the caller says to a Realtime session: one price for what goes in.
  'gpt-4o-mini-transcribe': speechPrice([1_250_000, 1_250_000, 1_250_000, 1_250_000, 5_000_000, 0]),
};

export interface ReplyUse {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly speech?: SpeechTokens;
}

export function replyCostMicros(model: string, use: ReplyUse): number {
  const { promptTokens, completionTokens, speech } = use;
  if (speech) return speechCostMicros(model, speech);
  const price = priceIn(tokenPrices, model);
  const prompt = promptTokens * (price?.perMillionPrompt ?? 0);
  const completion = completionTokens * (price?.perMillionCompletion ?? 0);
  return Math.round((prompt + completion) / 1e6);
}

function speechCostMicros(model: string, tokens: SpeechTokens): number {
  const price = priceIn(speechPrices, model);
  if (!price) return 0;
  const kinds = Object.keys(price) as (keyof SpeechTokens)[];
  return Math.round(kinds.reduce((sum, kind) => sum + tokens[kind] * price[kind], 0) / 1e6);
}

/** A dated snapshot costs what its model costs. */
function priceIn<Price>(prices: Readonly<Record<string, Price>>, model: string): Price | undefined {
  const name = Object.hasOwn(prices, model) ? model : model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  return Object.hasOwn(prices, name) ? prices[name] : undefined;
}

export function voiceCostMicros(provider: string, characters: number): number {
  return Math.round((characters * (perMillionCharacters[provider] ?? 0)) / 1e6);
}

export function hearingCostMicros(provider: string, durationMs: number): number {
  return Math.round(((perHourHeard[provider] ?? 0) * durationMs) / 3_600_000);
}

/** English text of the models we know: about four characters. */
const CHARACTERS_PER_TOKEN = 4;

/** Where the vendor told nothing, because the answer was broken off. */
export function estimatedTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
