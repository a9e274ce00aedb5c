import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dialRequests } from '@trunkline/contracts';
import { eventually } from '@trunkline/testing';
import { answer, legOf } from '../support/fake-carrier.js';
import { CampaignsProcess } from '../support/campaigns-process.js';
import { agent } from '../support/neighbours.js';
import { newCallId, newNumber, tenant, World } from '../support/world.js';

const from = '+12025550100';
/** Past everybody's patience with a dial that stands still, before that with an unknown one. */
const soon = { nowMs: () => Date.now() + 25_000 };
const late = { nowMs: () => Date.now() + 3_600_000 };

describe('kill -9 of the dialler', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.stop());

  /** The answer may get lost with the process: the caller would send the same request again. */
  async function create(callId: string, to: string): Promise<string> {
    const context = {
      principal: { kind: 'user', id: 'u1', tenant, role: 'member', scopes: [] as never[] },
      correlationId: callId,
      idempotency: { id: callId, fingerprint: `print-${callId}` },
      signal: AbortSignal.timeout(2500),
    } as const;
    const body = { to, from, agent };
    const asked = { params: {}, query: {}, body };
    const [result] = await Promise.allSettled([world.ask(dialRequests.createCall, asked, context)]);
    return result.status === 'fulfilled' ? result.value.status : 'lost';
  }

  const ringing = (callId: string, to: string) => {
    const form = { CallSid: legOf(to), AccountSid: 'AC1', CallStatus: 'ringing' };
    return world.webhook({ kind: 'status', callId, body: new URLSearchParams(form).toString() });
  };

  it('I1 before the attempt was written: another replica takes the dial up', async () => {
    const [callId, to] = [newCallId(), newNumber()];
    const dying = await CampaignsProcess.start(world.env({ FAILPOINT: 'dial.requested' }));
    await create(callId, to);
    await dying.ended();
    expect(await world.types(callId)).toEqual(['requested']);
    await world.replica({ clock: { nowMs: () => Date.now() + 8000 } });
    await world.until(callId, 'accepted');
    expect(world.carrier.posts(to)).toHaveLength(1);
    expect(await create(callId, to)).toBe('dialling');
    expect(world.carrier.posts(to)).toHaveLength(1);
  }, 60_000);

  it('I1 after the attempt, before the POST: it is unknown for ever and nobody dials', async () => {
    const [callId, to] = [newCallId(), newNumber()];
    const dying = await CampaignsProcess.start(world.env({ FAILPOINT: 'dial.attempting' }));
    await create(callId, to);
    await dying.ended();
    expect(await world.types(callId)).toEqual(['requested', 'attempting']);
    await world.replica({ clock: soon });
    const { data } = await world.until(callId, 'unknown');
    expect(data).toEqual({ why: 'crash' });
    await world.replica({ clock: late });
    const closed = await world.until(callId, 'closed');
    expect(closed.data).toMatchObject({ outcome: 'unknown' });
    expect(world.carrier.posts(to)).toHaveLength(0);
    await eventually(() => world.near.givenBack.includes(callId));
  }, 60_000);

  it('I1 after the POST, before its answer: a webhook finds the call, nobody dials again', async () => {
    const [callId, to] = [newCallId(), newNumber()];
    world.carrier.behave = () => undefined;
    const dying = await CampaignsProcess.start(world.env({ DIAL_LIMIT_MS: '15000' }));
    await create(callId, to);
    await eventually(() => world.carrier.posts(to).length === 1);
    await dying.kill();
    world.carrier.behave = (_request, reply) => answer(reply, 201, { sid: legOf(to) });
    await world.replica({ clock: soon });
    await world.until(callId, 'unknown');
    await ringing(callId, to);
    await world.until(callId, 'ringing');
    await world.replica({ clock: late });
    await world.until(callId, 'closed');
    expect(world.carrier.posts(to)).toHaveLength(1);
    const hungUp = world.carrier.received.filter(({ path, form }) => {
      return path.endsWith(`/${legOf(to)}.json`) && form.get('Status') === 'completed';
    });
    expect(hungUp.length).toBeGreaterThan(0);
  }, 60_000);

  it('I1 after it was accepted: the next one goes on where it stood', async () => {
    const [callId, to] = [newCallId(), newNumber()];
    const dying = await CampaignsProcess.start(world.env({ FAILPOINT: 'dial.accepted' }));
    await create(callId, to);
    await dying.ended();
    await world.replica({ clock: soon });
    await ringing(callId, to);
    await world.until(callId, 'ringing');
    expect(await world.types(callId)).toEqual(['requested', 'attempting', 'accepted', 'ringing']);
    expect(world.carrier.posts(to)).toHaveLength(1);
  }, 60_000);
});
