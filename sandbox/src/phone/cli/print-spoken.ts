import { writeFileSync } from 'node:fs';
import type { CallerReport } from '../caller.js';
import type { Flags } from './flags.js';
import type { Screen } from './screen.js';

/** What came of the caller's side. */
export interface Spoken {
  readonly report: CallerReport | null;
  readonly recording: Buffer | undefined;
  readonly outcome: string;
  readonly notes: readonly string[];
}

export function printSpoken(spoken: Spoken, flags: Flags, screen: Screen): void {
  const { report, recording, outcome, notes } = spoken;
  screen.line('over', { outcome, notes }, `· the call is over: ${outcome}`);
  for (const note of notes) screen.line('note', { note }, `  · ${note}`);
  if (report) printMeasures(report, screen);
  if (flags.record === undefined || !recording) return;
  writeFileSync(flags.record, recording);
  screen.line('recorded', { file: flags.record }, `  recorded at the carrier: ${flags.record}`);
}

function printMeasures({ turns, clears, gaps }: CallerReport, screen: Screen): void {
  for (const turn of turns) {
    const ms = turn.voiceToVoiceMs;
    const words = ms === undefined ? 'no answer' : `${Math.round(ms)} ms voice to voice`;
    screen.line('turn', turn, `  ${words.padEnd(24)} after "${turn.said}"`);
  }
  for (const clear of clears) {
    const words = `  ${Math.round(clear.speechToClearMs)} ms from speech to clear`;
    screen.line('clear', clear, words);
  }
  if (gaps.length === 0) return;
  screen.line('gaps', { gaps: gaps.length }, `  ${gaps.length} gaps in the agent's sound`);
}
