import { randomUUID } from 'node:crypto';
import { startNats } from '@trunkline/testing';
import { spreadOf } from '../figures.js';
import { ms, printTable } from '../table.js';
import { openRequestPair } from './request-pair.js';

/** Gateway → service: our request/reply beside a bare NATS request on the same connection. */
export async function benchRoundTrip(quick: boolean): Promise<void> {
  const count = quick ? 500 : 5_000;
  const nats = await startNats();
  const pair = await openRequestPair(nats);
  try {
    const rows = [];
    for (const inFlight of [1, 50]) {
      const bare = await timed(count, inFlight, () => pair.bare());
      const ours = await timed(count, inFlight, () => pair.ask(randomUUID()));
      const figures = [
        ['bare NATS request', bare],
        ['request/reply, principal checked', ours],
      ] as const;
      for (const [name, all] of figures) {
        const { p50, p95 } = spreadOf(all);
        const ratio = p50 / spreadOf(bare).p50;
        rows.push([name, String(inFlight), ms(p50), ms(p95), `${ratio.toFixed(1)} ×`]);
      }
    }
    const head = ['what', 'in flight', 'p50', 'p95', 'p50 of bare'];
    printTable('Round trip gateway → service', [head, ...rows]);
  } finally {
    await pair.close();
    await nats.stop();
  }
}

async function timed(
  count: number,
  inFlight: number,
  work: () => Promise<unknown>,
): Promise<number[]> {
  const tookMs: number[] = [];
  for (let index = 0; index < 200; index += 1) await work();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let index = 0; index < count / inFlight; index += 1) {
        const beforeMs = performance.now();
        await work();
        tookMs.push(performance.now() - beforeMs);
      }
    }),
  );
  return tookMs;
}
