import { setTimeout as delay } from 'node:timers/promises';
import { printTable } from '../table.js';
import { letThemCall, type CallerOrder } from './callers.js';
import { sampleVoice } from './voice-process.js';

const ROUNDS = 5;
const CALLS_A_ROUND = 250;
const LONGEST_MINUTES = 30;
/** The last recordings are stored after their calls. */
const SETTLE_MS = 10_000;
const MEBIBYTE = 1024 * 1024;

/** A thousand calls after the first 250 must leave nothing behind: every row like the first. */
export async function soak(order: CallerOrder, voiceUrl: string): Promise<void> {
  const rows = [
    ['calls', 'failed', 'memory', 'heap used', 'outside the heap', 'handles', 'CPU a call'],
  ];
  let before = await sampleVoice(voiceUrl);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const lot = { ...order, minutes: LONGEST_MINUTES, totalCalls: CALLS_A_ROUND };
    const { calls, failed } = await letThemCall(lot);
    await delay(SETTLE_MS);
    const after = await sampleVoice(voiceUrl);
    const cpuMs = ((after.cpuSeconds - before.cpuSeconds) * 1000) / calls;
    rows.push([
      ...[String(round * CALLS_A_ROUND), String(failed), megabytes(after.residentBytes)],
      ...[megabytes(after.heapBytes), megabytes(after.externalBytes)],
      ...[String(after.handles), `${cpuMs.toFixed(0)} ms`],
    ]);
    before = after;
  }
  printTable('Soak: what consecutive calls leave behind', rows);
}

function megabytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(0)} MB`;
}
