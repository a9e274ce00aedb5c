import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { campaignsRuntimeRequests as ask, type SecondLegStep } from '@trunkline/contracts';
import { actingFor } from '@trunkline/platform';
import { eventually } from '@trunkline/testing';
import { answer, legOf, type Received } from '../support/fake-carrier.js';
import { agent, pod } from '../support/neighbours.js';
import { newCallId, newNumber, tenant, World } from '../support/world.js';

const ourNumber = '+12025550100';
const briefing = 'Ann asks for a refund. Press 1.';
const callersLeg = legOf('+12025550199');
const voice = actingFor('voice', { tenant, correlationId: 'c1' });
const gateway = actingFor('gateway', { tenant, correlationId: 'c1' });

interface Second {
  readonly transfer: string;
  readonly to: string;
}

describe('a transfer', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await world.replica();
    await world.replica();
  });
  beforeEach(() => {
    world.carrier.behave = accept;
  });
  afterAll(() => world.stop());

  /** Both carriers accept everything; a create answers with the leg of the called number. */
  const accept: World['carrier']['behave'] = ({ form, json }, reply) => {
    const to = form.get('To') ?? (json as { to?: string } | null)?.to;
    const id = to ? legOf(to) : 'done';
    answer(reply, 200, { sid: id, data: { call_control_id: id, result: 'ok' } });
  };

  async function begin(
    kind: 'cold' | 'warm' = 'warm',
    carrierAccount = 'twilio-1',
  ): Promise<Second> {
    const [transfer, to] = [newCallId(), newNumber()];
    const order = {
      ...{ callId: newCallId(), carrierAccount, carrierCallId: callersLeg, transfer, kind, to },
      ...{ callerId: ourNumber, briefing, language: 'en', ringSeconds: 20 },
      ...{ agent, version: 3, pod },
    };
    expect(await world.ask(ask.transferLeg, order, voice)).toEqual({ begun: true });
    return { transfer, to };
  }
  const state = ({ transfer }: Second) => world.ask(ask.transferState, { transfer }, voice);
  const withdraw = ({ transfer }: Second) => world.ask(ask.withdrawTransfer, { transfer }, voice);
  const becomes = (second: Second, expected: object) =>
    eventually(async () => expect(await state(second)).toMatchObject(expected), {
      deadlineMs: 20_000,
    });
  const answered = ({ transfer, to }: Second): Promise<unknown> =>
    world.ask(ask.answerDial, { callId: transfer, carrierCallId: legOf(to) }, gateway);
  const keyed = ({ transfer, to }: Second, digits: string): Promise<SecondLegStep> =>
    world.ask(
      ask.guideLeg,
      { callId: transfer, carrierCallId: legOf(to), has: 'keyed', digits },
      gateway,
    );
  const moved = ({ transfer }: Second, carrierCallId = callersLeg): Promise<SecondLegStep> =>
    world.ask(ask.guideLeg, { callId: transfer, carrierCallId, has: 'moved', digits: '' }, gateway);
  const sentTo = (leg: string): Received[] =>
    world.carrier.received.filter(({ path }) => path.includes(`/${encodeURIComponent(leg)}`));
  /** Only of this transfer: all of this file move the same caller. */
  const moves = ({ transfer }: Second): Received[] =>
    sentTo(callersLeg).filter(({ form, json }) =>
      `${form.toString()} ${JSON.stringify(json)}`.includes(transfer),
    );
  const status = ({ transfer, to }: Second, call: string, more: object = {}) => {
    const form = { CallSid: legOf(to), AccountSid: 'AC1', CallStatus: call, ...more };
    const body = new URLSearchParams(form).toString();
    return world.webhook({ kind: 'status', callId: transfer, body });
  };
  const meet = ({ transfer: room }: Second) => ({ do: 'meet', room, timeLimitSeconds: 3600 });

  it('I1 is one POST, and the colleague hears who waits before anybody is moved', async () => {
    const second = await begin();
    await world.until(second.transfer, 'accepted');
    const [post] = world.carrier.posts(second.to);
    expect(Object.fromEntries(post?.form ?? [])).toMatchObject({
      ...{ From: ourNumber, Timeout: '20', TimeLimit: '3600' },
      Url: expect.stringContaining(`/calls/${second.transfer}/answer`),
    });
    await status(second, 'ringing');
    await becomes(second, { stage: 'ringing', outcome: null });
    expect(await answered(second)).toEqual({ do: 'hear', text: briefing, language: 'en' });
    await becomes(second, { stage: 'answered', outcome: null });
    expect(moves(second)).toEqual([]);
    expect(world.carrier.posts(second.to)).toHaveLength(1);
    expect(world.near.reserved).not.toContain(second.transfer);
  });

  it('is connected when the moved caller asks for the way, not when the carrier took the order', async () => {
    const second = await begin();
    await world.until(second.transfer, 'accepted');
    await answered(second);
    expect(await keyed(second, '1')).toEqual(meet(second));
    expect(await keyed(second, '1')).toEqual(meet(second));
    expect(moves(second)).toHaveLength(1);
    expect(moves(second)[0]?.form.get('Url')).toMatch(/\/moved$/);
    expect(await state(second)).toEqual({ stage: 'taken', outcome: null, reason: null });
    expect(await withdraw(second)).toEqual({ stage: 'taken', outcome: null, reason: null });
    expect(await moved(second, 'CA-of-somebody-else')).toEqual({ do: 'leave' });
    expect(await state(second)).toMatchObject({ outcome: null });
    expect(await moved(second)).toEqual(meet(second));
    expect(await state(second)).toMatchObject({ outcome: 'connected' });
    await status(second, 'completed', { CallDuration: '60' });
    await becomes(second, { stage: 'over', outcome: 'connected' });
    expect(world.near.givenBack).not.toContain(second.transfer);
  });

  it.each([
    ['busy', { CallStatus: 'busy' }, 'busy'],
    ['not answered', { CallStatus: 'no-answer' }, 'no-answer'],
    [
      'answered, and hung up without a key',
      { CallStatus: 'completed', CallDuration: '9' },
      'declined',
    ],
    ['failed', { CallStatus: 'failed', SipResponseCode: '503' }, 'failed'],
  ])('that is %s is refused with a reason, and nobody is moved', async (_what, end, reason) => {
    const second = await begin();
    await world.until(second.transfer, 'accepted');
    await status(second, 'ringing');
    await status(second, end.CallStatus, end);
    await becomes(second, { stage: 'over', outcome: 'refused', reason });
    expect(moves(second)).toEqual([]);
    expect(world.near.givenBack).not.toContain(second.transfer);
  });

  it('another key does not take the call', async () => {
    const second = await begin();
    await world.until(second.transfer, 'accepted');
    await answered(second);
    expect(await keyed(second, '9')).toEqual({ do: 'leave' });
    expect(await keyed(second, '')).toEqual({ do: 'leave' });
    expect(moves(second)).toEqual([]);
  });

  it('that nobody waits for any more is hung up, and cannot be taken', async () => {
    const second = await begin();
    await world.until(second.transfer, 'accepted');
    await answered(second);
    expect(await withdraw(second)).toMatchObject({ outcome: 'refused', reason: 'withdrawn' });
    const hangUps = sentTo(legOf(second.to)).map(({ form }) => form.get('Status'));
    expect(hangUps).toEqual(['completed']);
    expect(await keyed(second, '1')).toEqual({ do: 'leave' });
    expect(moves(second)).toEqual([]);
  });

  it('when the caller has gone meanwhile, the colleague is hung up', async () => {
    const second = await begin();
    await world.until(second.transfer, 'accepted');
    await answered(second);
    world.carrier.behave = (request, reply) => {
      if (request.path.includes(callersLeg)) answer(reply, 400, { code: 21220 });
      else accept(request, reply);
    };
    expect(await keyed(second, '1')).toEqual({ do: 'leave' });
    expect(await state(second)).toMatchObject({ outcome: 'refused', reason: 'withdrawn' });
    expect(sentTo(legOf(second.to)).at(-1)?.form.get('Status')).toBe('completed');
  });

  it('I1 whose POST nobody answered is unknown, never posted again, and hung up once it is heard of', async () => {
    world.carrier.behave = () => undefined;
    const second = await begin();
    await world.until(second.transfer, 'unknown');
    world.carrier.behave = accept;
    expect(await state(second)).toEqual({ stage: 'calling', outcome: null, reason: null });
    expect(await withdraw(second)).toMatchObject({ outcome: 'unknown', reason: null });
    await status(second, 'ringing');
    await eventually(() => sentTo(legOf(second.to)).length > 0);
    expect(sentTo(legOf(second.to))[0]?.form.get('Status')).toBe('completed');
    expect(world.carrier.posts(second.to)).toHaveLength(1);
  });

  it('whose caller nobody knows moved is taken, and connected only by the carrier’s word', async () => {
    const second = await begin();
    await world.until(second.transfer, 'accepted');
    await answered(second);
    world.carrier.behave = (request, reply) => {
      if (request.path.includes(callersLeg)) answer(reply, 503, {});
      else accept(request, reply);
    };
    expect(await keyed(second, '1')).toEqual(meet(second));
    expect(moves(second)).toHaveLength(1);
    expect(await state(second)).toEqual({ stage: 'taken', outcome: null, reason: null });
    expect(await moved(second)).toEqual(meet(second));
    expect(await state(second)).toMatchObject({ outcome: 'connected' });
  });

  it('that is cold is taken by whoever answers', async () => {
    const second = await begin('cold');
    await world.until(second.transfer, 'accepted');
    expect(await answered(second)).toEqual(meet(second));
    expect(moves(second)).toHaveLength(1);
  });

  it('is of its tenant only, and only services ask', async () => {
    const second = await begin();
    const foreign = actingFor('voice', { tenant: 'other', correlationId: 'c1' });
    const { transfer } = second;
    const code = (asked: Promise<unknown>) =>
      asked.then(
        () => 'answered',
        (error: { code: string }) => error.code,
      );
    expect(await code(world.ask(ask.transferState, { transfer }, foreign))).toBe(
      'request.not-found',
    );
    expect(await code(world.ask(ask.transferState, { transfer }, gateway))).toBe('auth.forbidden');
    expect(world.logged.join('')).not.toContain(second.to.slice(1));
  });

  describe('with a carrier that is told instead of asking', () => {
    const tell = ({ transfer, to }: Second, type: string, payload: object = {}) => {
      const leg = { call_control_id: legOf(to), connection_id: 'AC1', direction: 'outgoing' };
      const data = { id: randomUUID(), event_type: type, payload: { ...leg, ...payload } };
      const about = { carrier: 'telnyx', carrierAccount: 'telnyx-1', kind: 'status' } as const;
      return world.webhook({ ...about, callId: transfer, body: JSON.stringify({ data }) });
    };
    const actions = ({ to }: Second): string[] =>
      sentTo(legOf(to)).map(({ path }) => path.split('/').at(-1) ?? '');
    const bridges = (second: Second): Received[] =>
      sentTo(callersLeg).filter(
        ({ json }) =>
          (json as { call_control_id?: string } | null)?.call_control_id === legOf(second.to),
      );

    async function briefed(): Promise<Second> {
      const second = await begin('warm', 'telnyx-1');
      await world.until(second.transfer, 'accepted');
      await tell(second, 'call.answered');
      await eventually(() => actions(second).includes('gather_using_speak'));
      return second;
    }

    it('speaks, waits for the key, bridges once, and is connected when that is told', async () => {
      const second = await briefed();
      const said = sentTo(legOf(second.to)).at(-1);
      expect(said?.json).toMatchObject({ payload: briefing, maximum_digits: 1 });
      await tell(second, 'call.gather.ended', { digits: '1', status: 'valid' });
      await tell(second, 'call.gather.ended', { digits: '1', status: 'valid' });
      await becomes(second, { stage: 'taken', outcome: null });
      await eventually(() => bridges(second).length > 0);
      await tell(second, 'call.bridged');
      await becomes(second, { outcome: 'connected' });
      expect(bridges(second)).toHaveLength(1);
    });

    it('hangs up on who presses nothing, and is declined', async () => {
      const second = await briefed();
      await tell(second, 'call.gather.ended', { digits: '', status: 'timeout' });
      await eventually(() => actions(second).includes('hangup'));
      await tell(second, 'call.hangup', { hangup_cause: 'normal_clearing' });
      await becomes(second, { outcome: 'refused', reason: 'declined' });
      expect(bridges(second)).toEqual([]);
    });
  });
});
