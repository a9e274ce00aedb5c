import type { AgentConfig } from '@trunkline/contracts';

/** How likely it is that somebody speaks in a piece of a line's sound. */
export interface VoiceWindow {
  /** 0..1 */
  readonly probability: number;
  readonly lengthMs: number;
}

export type VoiceSign =
  | { readonly type: 'speech-started' }
  | { readonly type: 'speech-stopped'; readonly silentMs: number };

export interface VoiceGate {
  readonly isOpen: boolean;
  /** Of what may be the next voice. */
  readonly voicedMs: number;
  /** Since the last certain voice, once it sounds like silence. */
  readonly silentMs: number;
}

export interface VoiceGateRules {
  readonly minSilenceMs: number;
}

/** As the model's authors have it: what begins a voice and what is needed to end one. */
const VOICE_FROM = 0.5;
const SILENCE_BELOW = 0.35;
/** Less is a click; more is time in which the agent talks over the caller. */
const MIN_VOICE_MS = 90;
/** Shorter than the pauses between words is no silence … */
const MIN_SILENCE_MS = 90;
/** … and longer would only delay asking for the final words. */
const ENOUGH_SILENCE_MS = 200;

export const closedGate: VoiceGate = { isOpen: false, voicedMs: 0, silentMs: 0 };

/** The end of a voice is told before the turn is over, so that its words are there by then. */
export function gateRulesOf({
  minDelayMs,
}: Pick<AgentConfig['endpointing'], 'minDelayMs'>): VoiceGateRules {
  return { minSilenceMs: Math.max(MIN_SILENCE_MS, Math.min(ENOUGH_SILENCE_MS, minDelayMs)) };
}

/** From probabilities that waver to a beginning and an end. */
export function judge(
  gate: VoiceGate,
  window: VoiceWindow,
  rules: VoiceGateRules,
): readonly [VoiceGate, VoiceSign | null] {
  return gate.isOpen ? untilSilence(gate, window, rules) : untilVoice(gate, window);
}

function untilVoice(
  gate: VoiceGate,
  { probability, lengthMs }: VoiceWindow,
): readonly [VoiceGate, VoiceSign | null] {
  if (probability < SILENCE_BELOW) return [closedGate, null];
  if (probability < VOICE_FROM) return [gate, null];
  const voicedMs = gate.voicedMs + lengthMs;
  if (voicedMs < MIN_VOICE_MS) return [{ ...gate, voicedMs }, null];
  return [{ isOpen: true, voicedMs: 0, silentMs: 0 }, { type: 'speech-started' }];
}

function untilSilence(
  gate: VoiceGate,
  { probability, lengthMs }: VoiceWindow,
  { minSilenceMs }: VoiceGateRules,
): readonly [VoiceGate, VoiceSign | null] {
  if (probability >= VOICE_FROM) return [{ ...gate, silentMs: 0 }, null];
  const isSilence = probability < SILENCE_BELOW || gate.silentMs > 0;
  if (!isSilence) return [gate, null];
  const silentMs = gate.silentMs + lengthMs;
  if (silentMs < minSilenceMs) return [{ ...gate, silentMs }, null];
  return [closedGate, { type: 'speech-stopped', silentMs }];
}
