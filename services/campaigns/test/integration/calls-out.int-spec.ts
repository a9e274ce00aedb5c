import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { campaignsRuntimeRequests, dialRequests, liveCallSubject } from '@trunkline/contracts';
import { actingFor, type RequestContext } from '@trunkline/platform';
import { eventually } from '@trunkline/testing';
import { answer, legOf } from '../support/fake-carrier.js';
import { agent, pod } from '../support/neighbours.js';
import { newCallId, newNumber, tenant, World } from '../support/world.js';

const from = '+12025550100';

function person(callId: string, fingerprint = `print-${callId}`): RequestContext {
  return {
    principal: { kind: 'user', id: 'u1', tenant, role: 'member', scopes: [] },
    correlationId: `request-${callId}`,
    idempotency: { id: callId, fingerprint },
  };
}

describe('calls out', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await world.replica();
    await world.replica();
  });
  afterAll(() => world.stop());

  const create = (callId: string, to: string, more: object = {}, context = person(callId)) => {
    const body = { to, from, agent, ...more };
    return world.ask(dialRequests.createCall, { params: {}, query: {}, body }, context);
  };
  const status = (callId: string, to: string, state: string, more: object = {}) => {
    const form = { CallSid: legOf(to), AccountSid: 'AC1', CallStatus: state, ...more };
    const body = new URLSearchParams(form).toString();
    return world.webhook({ kind: 'status', callId, body });
  };

  it('I1 dials once, room first, and becomes what the carrier tells', async () => {
    const callId = newCallId();
    const to = newNumber();
    expect(await create(callId, to)).toMatchObject({ id: callId, status: 'requested' });
    expect(world.near.reserved).toContain(callId);
    await world.until(callId, 'accepted');
    const [post] = world.carrier.posts(to);
    const url = `https://calls.example.com/webhooks/twilio/twilio-1/calls/${callId}`;
    expect(post?.form.get('Url')).toBe(`${url}/answer`);
    expect(post?.form.get('StatusCallback')).toBe(`${url}/status`);
    expect(post?.form.get('TimeLimit')).toBe('660');
    await status(callId, to, 'ringing');
    await world.until(callId, 'ringing');
    await status(callId, to, 'in-progress');
    await world.until(callId, 'answered');
    await status(callId, to, 'completed', { CallDuration: '12' });
    const { data } = await world.until(callId, 'closed');
    expect(data).toMatchObject({ outcome: 'connected', durationSeconds: 12 });
    expect(world.carrier.posts(to)).toHaveLength(1);
    expect((await world.events(callId))[0]?.data).toMatchObject({ pod, version: 3 });
  });

  it('I1 a repeated request meets its own dial, also when both race', async () => {
    const callId = newCallId();
    const to = newNumber();
    const tries = await Promise.all([1, 2, 3].map(() => create(callId, to)));
    expect(new Set(tries.map(({ createdAt }) => createdAt)).size).toBe(1);
    await world.until(callId, 'accepted');
    expect(await create(callId, to)).toMatchObject({ id: callId, status: 'dialling' });
    const other = create(callId, to, {}, person(callId, 'another request'));
    await expect(other).rejects.toMatchObject({ code: 'idempotency.mismatch' });
    expect(world.carrier.posts(to)).toHaveLength(1);
  });

  it('dials nobody and writes nothing when no pod has room', async () => {
    const callId = newCallId();
    world.near.freePlaces = 0;
    const refused = create(callId, newNumber());
    await expect(refused).rejects.toMatchObject({ code: 'voice.no-room' });
    world.near.freePlaces = 1000;
    expect(await world.events(callId)).toEqual([]);
  });

  it('T19 refuses a number of nobody, of another agent, and a foreign account', async () => {
    const code = async (more: object) => {
      try {
        await create(newCallId(), newNumber(), more);
        return 'created';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(await code({ from: '+13035550100' })).toBe('call.no-number');
    expect(await code({ agent: 'agent-2' })).toBe('call.no-number');
    expect(await code({ carrierAccount: 'foreign-1' })).toBe('request.not-found');
  });

  it('what the carrier refuses for certain is rejected and gives its place back', async () => {
    const [callId, to] = [newCallId(), newNumber()];
    const usual = world.carrier.behave;
    world.carrier.behave = (_request, reply) => answer(reply, 400, { code: 21211 });
    await create(callId, to);
    const { data } = await world.until(callId, 'rejected');
    world.carrier.behave = usual;
    expect(data).toEqual({ reason: 'destination', carrierCode: '21211' });
    await eventually(() => world.near.givenBack.includes(callId));
    expect(await create(callId, to)).toMatchObject({ status: 'ended' });
  });

  it.each([
    ['an answer of 503', 503],
    ['no answer in time', 0],
  ])('I1 %s leaves it unknown; it is never posted again, a webhook settles it', async (_, code) => {
    const [callId, to] = [newCallId(), newNumber()];
    const usual = world.carrier.behave;
    world.carrier.behave = (_request, reply) => {
      if (code > 0) answer(reply, code, {});
    };
    await create(callId, to);
    await world.until(callId, 'unknown');
    world.carrier.behave = usual;
    await status(callId, to, 'ringing');
    await world.until(callId, 'ringing');
    await status(callId, to, 'busy', { CallDuration: '0' });
    const { data } = await world.until(callId, 'closed');
    expect(data).toMatchObject({ outcome: 'busy' });
    await eventually(() => world.near.givenBack.includes(callId));
    expect(world.carrier.posts(to)).toHaveLength(1);
  });

  it('a machine is told to the live call', async () => {
    const [callId, to] = [newCallId(), newNumber()];
    const listener = await world.nats.connect({ user: 'voice' });
    const heard: unknown[] = [];
    listener.subscribe(liveCallSubject(tenant, callId, 'machine'), {
      callback: (_error, message) => void heard.push(message.json()),
    });
    await listener.flush();
    await create(callId, to, { machineDetection: 'detect' });
    await world.until(callId, 'accepted');
    expect(world.carrier.posts(to)[0]?.form.get('AsyncAmdStatusCallback')).toMatch(/\/amd$/);
    const form = { CallSid: legOf(to), AccountSid: 'AC1', AnsweredBy: 'machine_start' };
    const body = new URLSearchParams(form).toString();
    for (let n = 0; n < 3; n += 1) await world.webhook({ kind: 'amd', callId, body });
    await world.until(callId, 'machine-detected');
    await eventually(() => heard.length > 0);
    await status(callId, to, 'completed');
    await world.until(callId, 'closed');
    expect(heard).toEqual([expect.objectContaining({ type: 'machine', verdict: 'machine' })]);
  });

  it('S17 an answered leg gets a token made now; one of nobody or one that is over gets none', async () => {
    const [callId, to] = [newCallId(), newNumber()];
    const gateway = actingFor('gateway', { tenant, correlationId: 'c1' });
    const asked = { callId, carrierCallId: legOf(to) };
    const ask = () => world.ask(campaignsRuntimeRequests.answerDial, asked, gateway);
    await expect(ask()).rejects.toMatchObject({ code: 'request.not-found' });
    await create(callId, to);
    await world.until(callId, 'accepted');
    expect(await ask()).toMatchObject({ pod, streamToken: expect.stringContaining(callId) });
    await world.until(callId, 'answered');
    world.near.admits = false;
    await expect(ask()).rejects.toMatchObject({ code: 'voice.no-room' });
    world.near.admits = true;
    await status(callId, to, 'completed');
    await world.until(callId, 'closed');
    await expect(ask()).rejects.toMatchObject({ code: 'request.not-found' });
    const stranger = world.ask(campaignsRuntimeRequests.answerDial, asked, person('x'));
    await expect(stranger).rejects.toMatchObject({ code: 'auth.forbidden' });
  });

  it('a leg is hung up for the call that has it, and for nobody else', async () => {
    const [callId, to] = [newCallId(), newNumber()];
    const voice = actingFor('voice', { tenant, correlationId: 'c1' });
    const leg = { callId, carrierAccount: 'twilio-1', carrierCallId: legOf(to) };
    const { hangUpLeg } = campaignsRuntimeRequests;
    expect(await world.ask(hangUpLeg, leg, voice)).toEqual({ gone: true });
    const sent = () =>
      world.carrier.received.filter(({ path }) => path.endsWith(`/${legOf(to)}.json`));
    expect(sent().map(({ form }) => form.get('Status'))).toEqual(['completed']);
    const foreign = actingFor('voice', { tenant: 'other', correlationId: 'c1' });
    expect(await world.ask(hangUpLeg, leg, foreign)).toEqual({ gone: true });
    expect(sent()).toHaveLength(1);
    await expect(world.ask(hangUpLeg, leg, person('x'))).rejects.toMatchObject({
      code: 'auth.forbidden',
    });
  });

  it('an incoming call that was answered is told how long it may last', async () => {
    const leg = legOf(newNumber());
    const body = new URLSearchParams({ CallSid: leg, CallStatus: 'ringing' }).toString();
    await world.webhook({ kind: 'incoming', callId: 'in-1', timeLimitSeconds: 660, body });
    const sent = () => world.carrier.received.find(({ path }) => path.endsWith(`/${leg}.json`));
    await eventually(() => sent() !== undefined);
    expect(sent()?.form.get('TimeLimit')).toBe('660');
  });

  it('V20 webhooks of nobody, of no form and of no JSON hold nothing up', async () => {
    const [callId, to] = [newCallId(), newNumber()];
    await status('nobodys-call', to, 'ringing');
    await world.webhook({ kind: 'status', callId: 'x', body: 'garbage' });
    const operator = await world.nats.connect({ user: 'operator' });
    operator.publish('hook.acme.twilio-1', 'no json');
    await create(callId, to);
    await world.until(callId, 'accepted');
    await status(callId, to, 'ringing');
    await world.until(callId, 'ringing');
    expect(world.logged.join('')).toContain('webhook.unreadable');
    expect(world.logged.join('')).not.toContain(to.slice(1));
  });
});
