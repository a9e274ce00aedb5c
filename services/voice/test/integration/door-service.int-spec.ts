import 'reflect-metadata';
import { Logger as NestLog } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  liveFilter,
  podLoad,
  podQuestions,
  podSubject,
  sessionRequests,
  voiceRequests,
} from '@trunkline/contracts';
import { actingFor } from '@trunkline/platform';
import { eventually } from '@trunkline/testing';
import { decodeJwt } from 'jose';
import { DoorService, newCallId, type Pod } from '../support/door-service.js';
import { contextOf, planOf } from '../support/door-things.js';
import { MediaCaller } from '../support/media-caller.js';

NestLog.overrideLogger(false);
const campaigns = actingFor('campaigns', { tenant: 'tenant-1', correlationId: 'request-1' });
const empty = { params: {}, query: {} };

describe('the voice service as it is asked', () => {
  let world: DoorService;
  let pod: Pod;
  beforeAll(async () => {
    world = await DoorService.start();
    pod = await world.pod({ VOICE_MAX_CALLS: '3' });
  });
  afterAll(() => world.stop());

  const openSession = (body: object, context = contextOf()) =>
    world.requests.ask(
      sessionRequests.openVoiceSession,
      { ...empty, body: { agent: 'agent-1', kind: 'browser', variables: {}, ...body } },
      context,
    );
  const hangUp = (callId: string, context = contextOf()) =>
    world.requests.ask(
      sessionRequests.hangUpCall,
      { ...empty, params: { callId }, body: null },
      context,
    );
  const free = ({ door: { reservations } } = pod) => {
    for (const { plan } of reservations.places()) reservations.end(plan.callId);
  };
  const askPod = async (verb: string, question: unknown, name = pod.door.pod) => {
    const connection = await world.nats.connect({ user: 'analytics' });
    const subject = podSubject('voice', verb, name);
    const reply = await connection.request(subject, JSON.stringify(question), { timeout: 2000 });
    return reply.json();
  };

  it('O2 O3 O5 O23 opens a session: a token, an address that can be reached, and a line in the log', async () => {
    const session = await openSession({ variables: { name: 'Ada' } });
    expect(session.subprotocol).toBe('trunkline.v1');
    expect(session.url).toMatch(new RegExp(`/media/browser/${session.id}$`));
    const { baseUrl } = session;
    expect(session.url.replace('ws:', 'http:').startsWith(baseUrl ?? 'none')).toBe(true);
    expect((await fetch(`${baseUrl}/readyz`)).status).toBe(200);
    const ref = { tenant: 'tenant-1', aggregate: 'voice-session', id: session.id };
    const { events } = await pod.store.load(ref);
    expect(events.map(({ type, data }) => [type, data['user'], data['pod']])).toEqual([
      ['voice-session.opened', 'user-1', pod.door.pod],
    ]);
    const caller = await MediaCaller.open(session.url, {
      protocols: [session.subprotocol, `token.${session.token}`],
    });
    caller.send({ type: 'start', session_id: session.id });
    await eventually(async () => expect(pod.runner.running).toHaveLength(1));
    pod.runner.running[0]?.finish();
    expect(await caller.closed).toBe(1000);
  });

  it('O2 O4 O7 opens the same under older names', async () => {
    const session = await world.requests.ask(
      sessionRequests.openRuntimeSession,
      { ...empty, body: { agent_id: 'agent-1', conversation_id: 'talk-1', test_mode: true } },
      contextOf(),
    );
    expect(session.expires_in).toBeGreaterThanOrEqual(299);
    expect(session.expires_in).toBeLessThanOrEqual(300);
    expect(decodeJwt(session.token)).toMatchObject({
      ...{ iss: 'omniflow-voice-runtime', conversation_id: 'talk-1', jti: session.session_id },
      ...{ mode: 'cascaded', test_mode: true, tenant_id: 'tenant-1' },
    });
    free();
  });

  it('answers a repeated request with the same session', async () => {
    const context = contextOf('tenant-1', newCallId());
    const first = await openSession({}, context);
    expect((await openSession({}, context)).id).toBe(first.id);
    expect(pod.door.reservations.heldCount).toBe(1);
    free();
  });

  it('says that there is no room when there is none', async () => {
    const reserve = () => world.requests.ask(voiceRequests.reserve, planOf(newCallId()), campaigns);
    const [one] = await Promise.all([reserve(), reserve(), reserve()]);
    expect(one?.pod).toBe(pod.door.pod);
    await expect(reserve()).rejects.toMatchObject({ code: 'voice.no-room', retryable: true });
    await expect(openSession({})).rejects.toMatchObject({ code: 'voice.no-room' });
    free();
  });

  it('has doors of its own: what it has, a fresh token, an end', async () => {
    const callId = newCallId();
    await world.requests.ask(voiceRequests.reserve, planOf(callId), campaigns);
    expect(podQuestions.alive.parse(await askPod('alive', {}))).toEqual({ calls: [callId] });
    const call = { tenant: 'tenant-1', callId };
    const admission = podQuestions.admit.parse(await askPod('admit', call));
    expect(admission).toMatchObject({ pod: pod.door.pod, version: 3 });
    expect(await askPod('admit', { ...call, tenant: 'tenant-2' })).toEqual({
      refused: 'request.not-found',
    });
    expect(await askPod('admit', { callId: '../x' })).toEqual({ refused: 'request.invalid' });
    const how = { reason: 'dial_failed', side: 'carrier' };
    expect(await askPod('end-call', { ...call, tenant: 'tenant-2', ...how })).toEqual({
      found: false,
    });
    expect(await askPod('end-call', { ...call, ...how })).toEqual({ found: true });
    expect(await askPod('alive', {})).toEqual({ calls: [] });
  });

  it('tells each second how full it is', async () => {
    const connection = await world.nats.connect({ user: 'campaigns' });
    const filter = liveFilter('platform', ['pod', '*']);
    const news = connection.subscribe(filter, { max: 1 });
    for await (const message of news) {
      expect(podLoad.parse(message.json())).toMatchObject({
        ...{ pod: pod.door.pod, capacity: 3, active: 0, reserved: 0, isTaking: true },
      });
    }
  });

  it('finds room on another pod when it has none itself', async () => {
    const full = await world.pod({ VOICE_MAX_CALLS: '1' });
    const reserve = full.door.handlers[0];
    const first = await reserve?.handle(planOf(newCallId()), contextOf());
    expect(first).toMatchObject({ pod: full.door.pod });
    // The other one tells of its room each second.
    const callId = newCallId();
    await eventually(async () => {
      const second = await reserve?.handle(planOf(callId), contextOf());
      expect(second).toMatchObject({ pod: pod.door.pod, version: 3 });
    });
    expect(pod.door.reservations.find(callId)?.tenant).toBe('tenant-1');
    free(full);
    expect(await full.service.stop('test')).toBe(0);
    free();
  });

  it('hangs a call up wherever it runs, for its own tenant', async () => {
    const other = await world.pod();
    const callId = newCallId();
    await world.nats.connect({ user: 'voice' });
    await other.store.append({
      ref: { tenant: 'tenant-1', aggregate: 'call', id: callId },
      after: { v: 0, hotSeq: 0 },
      event: startedEvent(other.door.pod),
    });
    // The place is the other pod's, though any of the two may be asked.
    const reserved = await other.door.handlers[0]?.handle(planOf(callId), contextOf());
    expect(reserved).toMatchObject({ pod: other.door.pod });
    expect(await hangUp(callId, contextOf('tenant-2'))).toEqual({ found: false });
    expect(await hangUp(callId)).toEqual({ found: true });
    expect(await hangUp(callId)).toEqual({ found: false });
    expect(await hangUp(newCallId())).toEqual({ found: false });
  });
});

function startedEvent(pod: string) {
  const model = { provider: 'x', model: 'y' };
  return {
    type: 'call.started',
    actor: { kind: 'service' as const, id: 'voice' },
    ...{ causationId: 'test', correlationId: 'test' },
    data: {
      ...{ kind: 'phone', direction: 'inbound', agent: 'agent-1', version: 1, mode: 'cascaded' },
      ...{ carrier: 'twilio', carrierAccount: 'account-1', carrierCallId: 'CA-1' },
      ...{ from: '+15550000001', to: '+15550000002', campaign: null, contact: null },
      ...{ conversation: null, variables: {}, stt: model, llm: model, tts: model, pod },
    },
  };
}
