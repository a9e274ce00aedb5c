import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dialRequests } from '@trunkline/contracts';
import { eventually } from '@trunkline/testing';
import { answer, acceptTwilio, type Received } from '../support/fake-carrier.js';
import { agent } from '../support/neighbours.js';
import { newCallId, newNumber, tenant, World } from '../support/world.js';

const ourNumber = '+12025550100';

function event(type: string, payload: object): string {
  return JSON.stringify({ data: { id: randomUUID(), event_type: type, payload } });
}

describe('a carrier that is told instead of asking', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await world.replica();
  });
  beforeEach(() => {
    world.carrier.behave = acceptTwilio;
  });
  afterAll(() => world.stop());

  const commands = (leg: string): string[] =>
    world.carrier.received
      .filter(({ path }) => path.startsWith(`/v2/calls/${leg}/`))
      .map(({ path }) => path.split('/').at(-1) ?? '');
  const lastTo = (action: string): Received | undefined =>
    world.carrier.received.findLast(({ path }) => path.endsWith(`/actions/${action}`));
  const tell = (callId: string | null, type: string, payload: object) => {
    const about = { carrier: 'telnyx', carrierAccount: 'telnyx-1' } as const;
    const kind = callId === null ? 'incoming' : 'status';
    return world.webhook({ ...about, kind, callId, body: event(type, payload) });
  };
  const rings = (leg: string, to = ourNumber) =>
    tell(null, 'call.initiated', {
      ...{ call_control_id: leg, connection_id: 'AC1', direction: 'incoming' },
      ...{ from: '+12025550177', to, state: 'parked' },
    });

  it('is told to open the socket when the leg was answered, not before', async () => {
    const [callId, to] = [newCallId(), newNumber()];
    world.carrier.behave = (request, reply) => {
      const isCreate = request.path === '/v2/calls';
      answer(reply, 200, { data: isCreate ? { call_control_id: 'v3:out' } : { result: 'ok' } });
    };
    const body = { to, from: ourNumber, agent, carrierAccount: 'telnyx-1' };
    await world.ask(
      dialRequests.createCall,
      { params: {}, query: {}, body },
      {
        principal: { kind: 'user', id: 'u1', tenant, role: 'member', scopes: [] },
        correlationId: callId,
        idempotency: { id: callId, fingerprint: callId },
      },
    );
    await world.until(callId, 'accepted');
    const [post] = world.carrier.posts(to);
    expect(post?.json).toMatchObject({ command_id: callId, connection_id: 'AC1' });
    expect(commands('v3%3Aout')).toEqual([]);
    const leg = { call_control_id: 'v3:out', connection_id: 'AC1', direction: 'outgoing' };
    await tell(callId, 'call.answered', leg);
    await eventually(() => lastTo('streaming_start') !== undefined);
    expect(lastTo('streaming_start')?.json).toMatchObject({
      stream_url: expect.stringContaining(callId),
      custom_parameters: expect.arrayContaining([
        { name: 'token', value: `token-of-${callId}-0123456789` },
      ]),
    });
    await tell(callId, 'call.hangup', { ...leg, hangup_cause: 'normal_clearing' });
    expect((await world.until(callId, 'closed')).data).toMatchObject({ outcome: 'connected' });
  });

  it('an incoming call is answered once a place is kept, and streamed as soon as it can be', async () => {
    let early = 2;
    world.carrier.behave = (request, reply) => {
      const isEarly = request.path.endsWith('streaming_start') && (early -= 1) >= 0;
      if (isEarly) answer(reply, 422, { errors: [{ code: '90034', title: 'not answered yet' }] });
      else answer(reply, 200, { data: { result: 'ok' } });
    };
    await rings('v3:in-1');
    const expected = ['answer', 'streaming_start', 'streaming_start', 'streaming_start'];
    await eventually(() => commands('v3%3Ain-1').length === expected.length);
    expect(commands('v3%3Ain-1')).toEqual(expected);
    const callId = world.near.reserved.at(-1) ?? '';
    expect(lastTo('streaming_start')?.json).toMatchObject({
      stream_url: expect.stringContaining(callId),
    });
  });

  it('an incoming call without room is spoken to and hung up, or forwarded, as its number says', async () => {
    world.near.freePlaces = 0;
    world.near.whenNoRoom = { do: 'say', text: 'Ring us tomorrow.', language: 'de-DE' };
    await rings('v3:in-4');
    await eventually(() => commands('v3%3Ain-4').length === 2);
    expect(lastTo('speak')?.json).toMatchObject({
      ...{ payload: 'Ring us tomorrow.', language: 'de-DE' },
    });
    const leg = { call_control_id: 'v3:in-4', connection_id: 'AC1', direction: 'incoming' };
    await tell(null, 'call.speak.ended', { ...leg, status: 'completed' });
    await eventually(() => commands('v3%3Ain-4').length === 3);
    world.near.whenNoRoom = { do: 'forward', to: '+12025550166' };
    await rings('v3:in-5');
    await eventually(() => commands('v3%3Ain-5').length === 2);
    world.near.freePlaces = 100;
    world.near.whenNoRoom = null;
    expect(commands('v3%3Ain-4')).toEqual(['answer', 'speak', 'hangup']);
    expect(commands('v3%3Ain-5')).toEqual(['answer', 'transfer']);
    expect(lastTo('transfer')?.json).toMatchObject({ to: '+12025550166', from: ourNumber });
  });

  it('an incoming call without room, or to a number of nobody, is rejected', async () => {
    world.near.freePlaces = 0;
    await rings('v3:in-2');
    await eventually(() => commands('v3%3Ain-2').length > 0);
    world.near.freePlaces = 100;
    await rings('v3:in-3', '+13035550100');
    await eventually(() => commands('v3%3Ain-3').length > 0);
    expect([commands('v3%3Ain-2'), commands('v3%3Ain-3')]).toEqual([['reject'], ['reject']]);
  });
});
