import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const program = path.join(import.meta.dirname, '../../../sandbox/dist/phone/load.js');

export interface Turn {
  readonly said: string;
  readonly speechEndedEpochMs: number;
  readonly voiceToVoiceMs: number | null;
}

export interface Clear {
  readonly epochMs: number;
  readonly speechToClearMs: number;
}

export interface CallerReport {
  readonly turns: readonly Turn[];
  readonly gaps: readonly number[];
  readonly clears: readonly Clear[];
  readonly calls: number;
  readonly failed: number;
  readonly unanswered: number;
  readonly loopP99Ms: number;
}

export interface CallerOrder {
  readonly calls: number;
  readonly minutes: number;
  readonly totalCalls?: number;
  readonly turns: number;
  readonly flags: Readonly<Record<string, string>>;
}

interface Line {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** So many callers in a process of their own, until the time is over and all have hung up. */
export async function letThemCall(order: CallerOrder): Promise<CallerReport> {
  const flags = {
    calls: String(order.calls),
    minutes: String(order.minutes),
    turns: String(order.turns),
    ...(order.totalCalls === undefined ? {} : { 'total-calls': String(order.totalCalls) }),
    ...order.flags,
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const turns: Turn[] = [];
  const gaps: number[] = [];
  const clears: Clear[] = [];
  let summary: Line = { type: 'none' };
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.type === 'turn') turns.push(line as unknown as Turn);
    if (line.type === 'call') {
      gaps.push(...(line['gaps'] as number[]));
      clears.push(...(line['clears'] as Clear[]));
    }
    if (line.type === 'summary') summary = line;
  }
  const [code] = (await ended) as [number | null];
  if (code !== 0 || summary.type === 'none') throw new Error(`the callers ended with ${code}`);
  const { p99Ms } = summary['loop'] as { p99Ms: number };
  return {
    turns,
    gaps,
    clears,
    calls: Number(summary['calls']),
    failed: Number(summary['failed']),
    unanswered: Number(summary['unanswered']),
    loopP99Ms: p99Ms,
  };
}
