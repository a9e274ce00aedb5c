import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { carriers, dialRequests, type Carrier } from '@trunkline/contracts';
import { eventually } from '@trunkline/testing';
import { agent } from '../support/neighbours.js';
import { SandboxProcess } from '../support/sandbox-process.js';
import { WebhookDoor } from '../support/webhook-door.js';
import { newCallId, newNumber, tenant, World } from '../support/world.js';

const from = '+12025550100';
const late = { nowMs: () => Date.now() + 3_600_000 };

describe('a dial whose POST was taken and never answered', () => {
  let world: World;
  let door: WebhookDoor;
  let sandbox: SandboxProcess;
  const settings = () => ({ ...sandbox.settings(), PUBLIC_BASE_URL: door.url });

  beforeAll(async () => {
    [sandbox, door] = await Promise.all([SandboxProcess.start(), WebhookDoor.start()]);
    world = await World.start();
    door.world = world;
    await world.replica({ settings: settings() });
    for (const provider of carriers) {
      await sandbox.tell('', { provider, fault: { kind: 'timeout-after-accept' } });
    }
  });
  afterAll(async () => {
    await world.stop();
    await Promise.all([sandbox.stop(), door.stop()]);
  });

  async function dial(carrier: Carrier, to: string): Promise<string> {
    const callId = newCallId();
    const body = { to, from, agent, carrierAccount: `${carrier}-1` };
    await world.ask(
      dialRequests.createCall,
      { params: {}, query: {}, body },
      {
        principal: { kind: 'user', id: 'u1', tenant, role: 'member', scopes: [] },
        correlationId: callId,
        idempotency: { id: callId, fingerprint: `print-${callId}` },
      },
    );
    return callId;
  }

  const picksUp = (to: string, answerAfterMs: number) =>
    sandbox.tell('/carriers/callees', {
      ...{ to, answerAfterMs },
      script: { steps: [{ silence: 1500 }, { hangUp: true }] },
    });

  it.each(carriers)(
    'I1 is found with %s while it rings, without a webhook, and goes its way',
    async (carrier) => {
      const to = newNumber();
      await picksUp(to, 15_000);
      door.isOpen = false;
      const callId = await dial(carrier, to);
      await world.until(callId, 'unknown');
      const { data } = await world.until(callId, 'accepted');
      const [create, ...others] = await sandbox.creates(callId);
      expect(others).toEqual([]);
      expect(create).toMatchObject({ status: 0, isAccepted: true });
      expect(data).toEqual({ carrierCallId: create?.callId });
      door.isOpen = true;
      const closed = await world.until(callId, 'closed');
      expect(closed.data).toMatchObject({ outcome: 'connected' });
      expect(await sandbox.creates(callId)).toHaveLength(1);
    },
    60_000,
  );

  it('I1 is not taken for another one between the same numbers, and ends as unknown', async () => {
    const to = newNumber();
    await picksUp(to, 60_000);
    door.isOpen = false;
    const dials = [await dial('twilio', to), await dial('twilio', to)];
    for (const callId of dials) await world.until(callId, 'unknown');
    const asked = () => world.logged.filter((line) => line.includes('dial.looked-up')).join('');
    await eventually(() => dials.every((callId) => asked().includes(callId)), {
      deadlineMs: 20_000,
    });
    await world.replica({ settings: settings(), clock: late });
    for (const callId of dials) {
      const { data } = await world.until(callId, 'closed');
      expect(data).toMatchObject({ outcome: 'unknown' });
      expect(await world.types(callId)).not.toContain('accepted');
      expect(await sandbox.creates(callId)).toHaveLength(1);
    }
  }, 60_000);
});
