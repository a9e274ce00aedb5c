import { percentile } from '../figures.js';
import type { Turn } from './callers.js';
import type { Stamp } from './stand-ins.js';

/**
 * The least each turn could have taken, by the stand-ins' own stamps: the end of the turn as the
 * hearing told it, or the eager answer's way through model and voice, whichever came last. The
 * rest of what the caller waited is ours.
 */
export function overFloor(turns: readonly Turn[], stamps: readonly Stamp[]): number[] {
  const llmMs = typicalDelay(stamps, 'llm-request', 'llm-first-token');
  const ttsMs = typicalDelay(stamps, 'tts-text', 'tts-first-byte');
  const heard = stamps
    .filter(({ provider, kind }) => provider === 'deepgram' && kind.startsWith('stt-'))
    .toSorted((one, other) => one.epochMs - other.epochMs);
  return turns.flatMap((turn) => {
    const after = (kind: string): number | undefined =>
      heard.find(
        (stamp) =>
          stamp.kind === kind &&
          stamp.epochMs > turn.speechEndedEpochMs &&
          stamp.epochMs < turn.speechEndedEpochMs + 2000 &&
          stamp.text === turn.said,
      )?.epochMs;
    const ended = after('stt-end-of-turn');
    if (ended === undefined || turn.voiceToVoiceMs === null) return [];
    const eager = after('stt-eager-end-of-turn') ?? ended;
    const floorMs = Math.max(ended, eager + llmMs + ttsMs) - turn.speechEndedEpochMs;
    return [turn.voiceToVoiceMs - floorMs];
  });
}

/** The fixed delay of a stand-in as it was really kept. */
function typicalDelay(stamps: readonly Stamp[], from: string, to: string): number {
  const begun = new Map<string, number>();
  const delays: number[] = [];
  for (const { kind, id, epochMs } of stamps) {
    if (kind === from && !begun.has(id)) begun.set(id, epochMs);
    const at = begun.get(id);
    if (kind === to && at !== undefined) delays.push(epochMs - at);
  }
  return delays.length === 0
    ? 0
    : percentile(
        delays.toSorted((a, b) => a - b),
        0.5,
      );
}
