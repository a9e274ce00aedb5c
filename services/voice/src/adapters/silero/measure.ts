import { sleep } from '@trunkline/kernel';
import { FRAME_MS, phoneFormat } from '../../app/ports/index.js';
import { SileroVoiceActivity } from './silero-voice-activity.js';

// A program: what listening for voices costs, call for call, in a process that does nothing else.

const CALL_COUNTS = [1, 25, 100] as const;
const MEASURED_MS = 5000;
const WARM_UP_MS = 1500;
const ways = ['gate', 'model'] as const;
type Way = (typeof ways)[number];

/** As loud as speech all the time: nothing is spared. */
function loudFrame(seed: number): Uint8Array {
  return Uint8Array.from({ length: 160 }, (_, at) => 0x10 + ((at * 31 + seed * 17) % 0x60));
}

function voicesOf(way: Way): SileroVoiceActivity {
  const onGateAlone = (error: unknown): void => {
    if (way === 'model') throw error;
  };
  if (way === 'model') return new SileroVoiceActivity({ onGateAlone });
  const nobody = { judge: () => Promise.reject(new Error('alone')), close: () => undefined };
  return new SileroVoiceActivity({ onGateAlone, openJudge: () => nobody });
}

interface Run {
  readonly cpuMicros: number;
  readonly frames: number;
}

/** Every line sends a frame each 20 ms, each at its own moment of them. */
async function run(calls: number, way: Way): Promise<Run> {
  const voices = voicesOf(way);
  const lines = Array.from({ length: calls }, (_, at) => {
    const track = voices.track(phoneFormat, () => undefined);
    return { track, frame: loudFrame(at), at };
  });
  let tick = 0;
  const timer = setInterval(() => {
    tick += 1;
    for (const { track, frame, at } of lines) if (at % 4 === tick % 4) track.send(frame);
  }, FRAME_MS / 4);
  await sleep(WARM_UP_MS);
  const before = process.cpuUsage();
  const from = tick;
  await sleep(MEASURED_MS);
  const { user, system } = process.cpuUsage(before);
  clearInterval(timer);
  for (const { track } of lines) track.close();
  voices.close();
  return { cpuMicros: user + system, frames: (tick - from) / 4 };
}

/** The clock that sends the frames is no part of the cost. */
const idle = await run(0, 'gate');
for (const calls of CALL_COUNTS) {
  for (const way of ways) {
    const { cpuMicros, frames } = await run(calls, way);
    const ownMicros = cpuMicros - (idle.cpuMicros / idle.frames) * frames;
    const microsPerFrame = Math.max(0, ownMicros) / (frames * calls);
    process.stdout.write(`${JSON.stringify({ calls, way, microsPerFrame })}\n`);
  }
}
