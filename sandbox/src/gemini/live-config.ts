import { textIn, type Setup } from './client-message.js';

const SILENCE_MS = 500;

/** A setup with its defaults filled in. */
export interface LiveConfig {
  readonly system: string;
  readonly toolNames: readonly string[];
  readonly answersInText: boolean;
  readonly transcribesInput: boolean;
  readonly transcribesOutput: boolean;
  /** The client itself says when the caller speaks. */
  readonly isManual: boolean;
  readonly mayInterrupt: boolean;
  readonly silenceMs: number;
  readonly isResumable: boolean;
}

export function liveConfig(setup: Setup): LiveConfig {
  const { realtimeInputConfig: input = {}, tools = [], generationConfig } = setup;
  const detection = input.automaticActivityDetection ?? {};
  const isManual = detection.disabled === true;
  return {
    system: textIn(setup.systemInstruction),
    toolNames: tools.flatMap(({ functionDeclarations = [] }) =>
      functionDeclarations.map(({ name }) => name),
    ),
    answersInText: generationConfig?.responseModalities?.includes('TEXT') === true,
    transcribesInput: Boolean(setup.inputAudioTranscription),
    transcribesOutput: Boolean(setup.outputAudioTranscription),
    isManual,
    mayInterrupt: input.activityHandling !== 'NO_INTERRUPTION',
    silenceMs: isManual ? Infinity : (detection.silenceDurationMs ?? SILENCE_MS),
    isResumable: Boolean(setup.sessionResumption),
  };
}
