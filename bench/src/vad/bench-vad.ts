import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { printTable } from '../table.js';

const program = path.join(
  import.meta.dirname,
  '../../../services/voice/dist/adapters/silero/measure.js',
);
const FRAME_MICROS = 20_000;

interface Cost {
  readonly calls: number;
  readonly way: 'gate' | 'model';
  readonly microsPerFrame: number;
}

/** `npm run bench -- vad`: what a call costs in which somebody speaks all the time. */
export async function benchVad(): Promise<void> {
  const costs = await measured();
  const of = (calls: number, way: Cost['way']): number =>
    costs.find((cost) => cost.calls === calls && cost.way === way)?.microsPerFrame ?? Number.NaN;
  const counts = [...new Set(costs.map(({ calls }) => calls))];
  const alone = of(counts[0] ?? 1, 'model');
  const rows = counts.map((calls) => {
    const [gate, model] = [of(calls, 'gate'), of(calls, 'model')];
    return [
      ...[String(calls), `${gate.toFixed(1)} µs`, `${model.toFixed(1)} µs`],
      ...[`${(model / gate).toFixed(1)} ×`, `${(model / alone).toFixed(2)} ×`],
      `${((model / FRAME_MICROS) * 100).toFixed(2)} %`,
    ];
  });
  const head = ['calls', 'gate alone', 'with the model', 'ratio', 'to one call', 'core a call'];
  printTable('Voices: processor time for 20 ms of one call', [head, ...rows]);
}

async function measured(): Promise<Cost[]> {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const costs: Cost[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    costs.push(JSON.parse(line) as Cost);
  }
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`the measuring ended with ${code}`);
  return costs;
}
