import { rm } from 'node:fs/promises';
import { sleep } from '@trunkline/kernel';
import type { Platform, PlatformProcess } from '@trunkline/testing/whole';
import type { Fault, FaultKind } from './schedule.js';

type Deed = (platform: Platform, fault: Fault) => Promise<void>;

/** Each does its harm, waits, and makes it good again. */
const deeds: Readonly<Record<FaultKind, Deed>> = {
  'kill-voice': async (platform, fault) => {
    await killed(victimOf(platform.pods, fault), fault.forMs);
  },
  'kill-voice-and-folder': async (platform, fault) => {
    const pod = victimOf(platform.pods, fault);
    await killed(pod, fault.forMs, () =>
      rm(platform.folderOf(pod.name), { recursive: true, force: true }),
    );
  },
  'kill-service': async (platform, fault) => {
    const names = ['agents', 'campaigns', 'analytics', 'gateway'];
    const services = names.map((name) => platform.process(name));
    await killed(victimOf(services, fault), fault.forMs);
  },
  'kill-nats': async ({ nats }, { forMs }) => {
    await nats.kill();
    await sleep(forMs);
    await nats.start();
  },
  'freeze-nats': async ({ nats }, { forMs }) => {
    await nats.pause();
    await sleep(forMs);
    nats.resume();
  },
  'mongo-away': async ({ toMongo }, { forMs }) => {
    await toMongo.leave();
    await sleep(forMs);
    await toMongo.comeBack();
  },
  's3-away': async ({ toS3 }, { forMs }) => {
    await toS3.leave();
    await sleep(forMs);
    await toS3.comeBack();
  },
};

/** Carries the schedule out; says each fault as it begins. */
export async function torment(
  platform: Platform,
  faults: readonly Fault[],
  say: (line: string) => void,
): Promise<void> {
  const startedAtMs = performance.now();
  for (const fault of faults) {
    await sleep(Math.max(0, startedAtMs + fault.atMs - performance.now()));
    const seconds = (ms: number): string => (ms / 1000).toFixed(1);
    say(`${seconds(fault.atMs).padStart(7)} s  ${fault.kind} for ${seconds(fault.forMs)} s`);
    await deeds[fault.kind](platform, fault);
  }
}

async function killed(
  victim: PlatformProcess,
  forMs: number,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await victim.kill();
  await meanwhile();
  await sleep(forMs);
  await victim.start();
}

function victimOf(among: readonly PlatformProcess[], { dice }: Fault): PlatformProcess {
  const victim = among[Math.floor(dice * among.length)];
  if (!victim) throw new Error('there is nobody to kill');
  return victim;
}
