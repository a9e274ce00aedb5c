import 'reflect-metadata';
import { join } from 'node:path';
import { Logger as NestLog } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { podSubject, voiceRequests, type Admission, type CallPlan } from '@trunkline/contracts';
import { actingFor } from '@trunkline/platform';
import { eventually } from '@trunkline/testing';
import { ChildPod } from '../support/child-process.js';
import { DoorService, newCallId } from '../support/door-service.js';
import { planOf } from '../support/door-things.js';
import { MediaCaller } from '../support/media-caller.js';

NestLog.overrideLogger(false);
const script = join(import.meta.dirname, '../fixtures/door-process.mjs');
const campaigns = actingFor('campaigns', { tenant: 'tenant-1', correlationId: 'request-1' });

describe('a pod that is told to stop', () => {
  let world: DoorService;
  let child: ChildPod;
  beforeAll(async () => {
    world = await DoorService.start();
  });
  afterEach(() => child.kill());
  afterAll(() => world.stop());

  const start = async (budgetMs: number) => {
    const env = await world.environment({ SHUTDOWN_BUDGET_MS: String(budgetMs) });
    child = new ChildPod(script, env);
    await eventually(async () => expect(await child.status('/readyz')).toBe(200), {
      deadlineMs: 45_000,
    });
  };
  const reserve = (plan: CallPlan): Promise<Admission> =>
    world.requests.ask(voiceRequests.reserve, plan, campaigns);
  const enter = async ({ streamToken, url }: Admission) => {
    const caller = await MediaCaller.open(url);
    caller.start(streamToken);
    caller.audio();
    return caller;
  };
  const metric = async (name: string) => {
    const text = await (await fetch(`${child.url}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1]);
  };

  it('is not ready at once, keeps its word, lets calls finish and exits 0', async () => {
    await start(60_000);
    const caller = await enter(await reserve(planOf(newCallId())));
    const promised = await reserve(planOf(newCallId()));
    await eventually(async () => expect(await metric('voice_active_calls')).toBe(1));
    child.signal('SIGTERM');
    await eventually(async () => expect(await child.status('/readyz')).toBe(503));
    expect(await metric('voice_capacity')).toBe(0);
    await expect(reserve(planOf(newCallId()))).rejects.toMatchObject({ retryable: true });
    const late = await enter(promised);
    await eventually(async () => expect(await metric('voice_active_calls')).toBe(2));
    const asking = await world.nats.connect({ user: 'analytics' });
    const subject = podSubject('voice', 'alive', child.env['VOICE_POD'] ?? '');
    const alive = await asking.request(subject, '{}', { timeout: 2000 });
    expect(alive.json<{ calls: string[] }>().calls).toHaveLength(2);
    for (const one of [caller, late]) {
      one.send({ event: 'stop', streamSid: 'MZ1', stop: {} });
      expect(await one.closed).toBe(1000);
    }
    expect(await child.exit).toBe(0);
    expect(child.output).not.toContain('test.polite');
  });

  it('says goodbye to those who are still there when its time runs out, and exits 0', async () => {
    await start(6000);
    const caller = await enter(await reserve(planOf(newCallId())));
    const waiting = await MediaCaller.open((await reserve(planOf(newCallId()))).url);
    await eventually(async () => expect(await metric('voice_active_calls')).toBe(1));
    child.signal('SIGTERM');
    expect(await caller.closed).toBe(1000);
    expect(await waiting.closed).toBe(1012);
    expect(await child.exit).toBe(0);
    expect(child.output).toContain('{"event":"test.polite","reason":"drained"}');
  });
});
