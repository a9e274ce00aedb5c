import { eventually } from '../eventually.js';
import type { CallerWorld, Line } from './caller-world.js';
import { chatter } from './chatter.js';

const AT_ONCE = 3;

/**
 * Rings until so many calls talk; answers the carriers' ids of those that do. A machine that is
 * busy, or pods that do not know yet which of them has room, may refuse somebody: another rings.
 */
export async function fillUp(
  world: CallerWorld,
  { count, lines }: { readonly count: number; readonly lines: readonly Line[] },
): Promise<readonly string[]> {
  const talking = (): Promise<number> => talkingOn(world);
  const wanted = (await talking()) + count;
  const ids: string[] = [];
  for (let rung = 0; rung < 4 * count;) {
    const missing = Math.min(AT_ONCE, wanted - (await talking()));
    if (missing === 0) return inProgress(world, ids);
    const before = await talking();
    for (let one = 0; one < missing; one += 1, rung += 1) {
      ids.push(await world.dialIn(lines[rung % lines.length] as Line, chatter()));
    }
    await Promise.allSettled([eventually(async () => (await talking()) >= before + missing)]);
  }
  throw new Error(`only ${await talking()} of ${wanted} calls talk`);
}

/** On all pods together. */
export async function talkingOn({ platform }: CallerWorld): Promise<number> {
  const counts = platform.pods.map((pod) => pod.metric('voice_active_calls'));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function inProgress(world: CallerWorld, ids: readonly string[]): Promise<readonly string[]> {
  const { calls } = await world.control<{ calls: { id: string; state: string }[] }>(
    'GET',
    '/carriers/calls',
  );
  const live = new Set(calls.filter(({ state }) => state === 'in-progress').map(({ id }) => id));
  return ids.filter((id) => live.has(id));
}
