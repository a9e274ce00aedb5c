/** List prices in micros of a US dollar; what an owner really pays is theirs to know. */
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

export interface TurnUse {
  readonly model: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly voiceProvider: string;
  readonly spokenCharacters: number;
}

export function turnCostMicros(use: TurnUse): number {
  const price = Object.hasOwn(tokenPrices, use.model) ? tokenPrices[use.model] : undefined;
  const prompt = (use.promptTokens * (price?.perMillionPrompt ?? 0)) / 1e6;
  const completion = (use.completionTokens * (price?.perMillionCompletion ?? 0)) / 1e6;
  const voice = (use.spokenCharacters * (perMillionCharacters[use.voiceProvider] ?? 0)) / 1e6;
  return Math.round(prompt + completion + voice);
}

export function hearingCostMicros(provider: string, durationMs: number): number {
  return Math.round(((perHourHeard[provider] ?? 0) * durationMs) / 3_600_000);
}
