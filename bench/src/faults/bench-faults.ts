import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { checkInvariants, type Verdict } from '@trunkline/testing/invariants';
import { CallerWorld, interruption, placesOf, question } from '@trunkline/testing/whole';
import { Generator, type Generated } from './generator.js';
import { torment } from './nemesis.js';
import { diceOf, scheduleOf } from './schedule.js';

const CALLERS = 8;
const USUAL_MINUTES = '10';
const MOST_SEED = 2 ** 31;
/** Ringing that nobody answers, a lost pod's patience, and the tries of a recording. */
const SETTLE_MS = 180_000;
const unlimited = {
  REQUESTS_PER_MINUTE_PER_IP: '10000000',
  REQUESTS_PER_MINUTE_PER_TENANT: '10000000',
};

/** `npm run bench -- faults [--minutes 10] [--seed N]`: whatever happens, nothing is forgotten. */
export async function benchFaults(args: readonly string[]): Promise<void> {
  const { minutes, seed } = flagsOf(args);
  console.log(`faults: ${minutes} minutes, seed ${seed}`);
  const world = await CallerWorld.start({
    pods: ['voice-0', 'voice-1'],
    env: { gateway: unlimited },
  });
  try {
    const { generated, verdict } = await soak(world, { minutes, seed });
    print(verdict, { generated, seed });
  } finally {
    await world.stop();
  }
}

async function soak(
  world: CallerWorld,
  { minutes, seed }: { readonly minutes: number; readonly seed: number },
): Promise<{ readonly generated: Generated; readonly verdict: Verdict }> {
  const { platform } = world;
  const agent = await world.newAgent();
  const lines = [await world.newLine('twilio', agent), await world.newLine('telnyx', agent)];
  const places = await placesOf(platform);
  const stop = new AbortController();
  const generator = new Generator(world, lines, diceOf(seed + 1));
  const generating = generator.run(CALLERS, stop.signal);
  await torment(platform, scheduleOf(seed, minutes * 60_000), console.log);
  stop.abort();
  const generated = await generating;
  const { acknowledged } = generated;
  const canaries = [question, interruption];
  const verdict = await checkInvariants(places, { within: SETTLE_MS, acknowledged, canaries });
  return { generated, verdict };
}

function print(
  { looked, violations }: Verdict,
  { generated, seed }: { readonly generated: Generated; readonly seed: number },
): void {
  const { acknowledged, refused, rung } = generated;
  console.log(`${rung} calls wanted, ${acknowledged.length} dialled, ${refused} refused`);
  const { calls, events, recordings } = looked;
  console.log(`looked at ${events} events, ${calls} calls, ${recordings} recordings`);
  for (const { about, invariant, what } of violations) {
    console.log(`✖ ${invariant} ${about} ${what}`);
  }
  const held = violations.length === 0 && calls > 0;
  console.log(held ? `✔ I1 to I7 hold (seed ${seed})` : `✖ not everything holds (seed ${seed})`);
  if (!held) process.exitCode = 1;
}

function flagsOf(args: readonly string[]): { readonly minutes: number; readonly seed: number } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: USUAL_MINUTES },
      seed: { type: 'string', default: String(randomInt(MOST_SEED)) },
    },
  });
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error('--minutes N --seed N');
  return { minutes, seed };
}
