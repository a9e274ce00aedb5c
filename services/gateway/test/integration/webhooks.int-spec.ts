import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { plivo, telnyx, twilio, vobiz, type CarrierSide } from '../support/carrier-side.js';
import { publicBaseUrl, tenant, WebhookWorld } from '../support/webhook-world.js';

const number = '+12025550100';
const caller = '+12025550177';
const incoming: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  twilio: {
    CallSid: 'CA1',
    AccountSid: 'id-twilio',
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: caller,
    To: number,
  },
  plivo: {
    CallUUID: 'uuid-1',
    Event: 'StartApp',
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: caller.slice(1),
    To: number.slice(1),
  },
  vobiz: {
    CallUUID: 'uuid-2',
    Event: 'StartApp',
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: caller.slice(1),
    To: number.slice(1),
  },
};
const withDocuments: readonly CarrierSide[] = [twilio, plivo, vobiz];

describe('the doors of carriers', () => {
  let world: WebhookWorld;
  beforeAll(async () => {
    world = await WebhookWorld.start();
  });
  afterAll(() => world.stop());

  const fieldsOf = (side: CarrierSide, more: object = {}) => ({
    ...incoming[side.carrier],
    ...more,
  });

  it.each(withDocuments)(
    'an incoming call of $carrier gets the address of its place',
    async (side) => {
      const answer = await world.post(side, 'answer', fieldsOf(side));
      expect([answer.status, answer.contentType]).toEqual([200, expect.stringContaining('xml')]);
      const plan = world.plans.at(-1);
      expect(plan).toMatchObject({ agent: 'a1', version: 4, from: caller, to: number });
      expect(answer.body).toContain(`wss://voice.example.com/media/x/${plan?.callId}`);
      expect(answer.body).toContain(`token-of-${plan?.callId}`);
      const limits = (await world.queued()).filter(({ callId }) => callId === plan?.callId);
      const expected = side === twilio ? [660] : [];
      expect(limits.map(({ timeLimitSeconds }) => timeLimitSeconds)).toEqual(expected);
    },
  );

  it('the same call asks twice and is the same call', async () => {
    await world.post(twilio, 'answer', fieldsOf(twilio, { CallSid: 'CA-twice' }));
    const first = world.plans.at(-1)?.callId;
    await world.post(twilio, 'answer', fieldsOf(twilio, { CallSid: 'CA-twice' }));
    expect(world.plans.at(-1)?.callId).toBe(first);
  });

  it.each(withDocuments)('without room $carrier is told a word and nothing else', async (side) => {
    world.hasRoom = false;
    const answer = await world.post(side, 'answer', fieldsOf(side));
    world.hasRoom = true;
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('All lines are busy');
    expect(answer.body).not.toContain('wss:');
  });

  it.each(withDocuments)('without room $carrier does what the number was told', async (side) => {
    world.hasRoom = false;
    const say = { do: 'say', text: 'Ring us <tomorrow>.', language: 'de-DE' } as const;
    world.whenNoRoom = say;
    const spoken = await world.post(side, 'answer', fieldsOf(side));
    world.whenNoRoom = { do: 'forward', to: '+12025550166' };
    const forwarded = await world.post(side, 'answer', fieldsOf(side, { CallSid: 'CA-2' }));
    world.hasRoom = true;
    world.whenNoRoom = null;
    const verb = side === twilio ? 'Say' : 'Speak';
    expect(spoken.body).toContain(`<${verb} language="de-DE">Ring us &lt;tomorrow&gt;.</${verb}>`);
    expect(spoken.body).toContain('Hangup');
    expect(spoken.body).not.toContain('All lines');
    expect(forwarded.body).toMatch(/<Number>\+?12025550166<\/Number>/);
    expect(forwarded.body).toMatch(/callerId="\+?12025550100" timeLimit="3600"/);
  });

  it('a number of nobody is busy, and nothing is reserved', async () => {
    const before = world.plans.length;
    const answer = await world.post(twilio, 'answer', fieldsOf(twilio, { To: '+12025550999' }));
    expect(answer.body).toContain('Reject');
    expect(world.plans).toHaveLength(before);
  });

  it('S17 an answered leg of ours gets its document; one of nobody is hung up', async () => {
    const fields = fieldsOf(twilio, { Direction: 'outbound-api', CallStatus: 'in-progress' });
    const mine = await world.post(twilio, 'calls/call-1/answer', fields);
    expect(mine.body).toContain('token-of-call-1');
    const nobodys = await world.post(twilio, 'calls/nobodys/answer', fields);
    expect(nobodys.status).toBe(200);
    expect(nobodys.body).toContain('Hangup');
    expect(nobodys.body).not.toContain('token-of');
  });

  it.each(withDocuments)(
    'a colleague $carrier reached hears who waits, and takes it',
    async (side) => {
      const call = 'calls/second-1';
      const fields = fieldsOf(side, { CallStatus: 'in-progress' });
      const heard = await world.post(side, `${call}/answer`, fields);
      const keys = `https://calls.example.com/webhooks/${side.carrier}/${side.carrier}-1/${call}/keys`;
      expect(heard.body).toContain('Ann asks. Press 1.');
      expect(heard.body).toContain(`action="${keys}"`);
      const taken = await world.post(side, `${call}/keys`, { ...fields, Digits: '1' });
      expect(taken.body).toContain('>second-1</Conference>');
      expect(world.guided.at(-1)).toMatchObject({ callId: 'second-1', has: 'keyed', digits: '1' });
      const other = await world.post(side, `${call}/keys`, { ...fields, Digits: '9' });
      expect(other.body).not.toContain('Conference');
      expect(other.body).toContain('<Hangup');
    },
  );

  it.each(withDocuments)(
    'a caller $carrier moved meets the colleague, or hears why not',
    async (side) => {
      const fields = fieldsOf(side, { CallStatus: 'in-progress' });
      const met = await world.post(side, 'calls/second-1/moved', fields);
      expect(met.body).toContain('>second-1</Conference>');
      expect(world.guided.at(-1)).toMatchObject({ has: 'moved', digits: '' });
      for (const id of ['second-over', 'nobodys']) {
        const lost = await world.post(side, `calls/${id}/moved`, fields);
        expect([lost.status, lost.body]).toEqual([200, expect.stringContaining('We are sorry')]);
      }
    },
  );

  it.each([twilio, plivo, vobiz, telnyx])(
    'V5 V20 a status of $carrier is kept as it came and answered at once',
    async (side) => {
      const fields =
        side === telnyx
          ? { event_type: 'call.hangup', call_control_id: 'v3:x', connection_id: 'id-telnyx' }
          : fieldsOf(side, { CallStatus: 'completed', Event: 'Hangup' });
      const answer = await world.post(side, 'calls/call-2/status', fields);
      expect(answer.status).toBe(side === twilio || side === telnyx ? 202 : 200);
      expect((await world.queued()).at(-1)).toMatchObject({
        ...{ carrier: side.carrier, carrierAccount: `${side.carrier}-1`, tenant },
        ...{
          kind: 'status',
          callId: 'call-2',
          body: expect.stringContaining(side === telnyx ? 'v3:x' : 'completed'),
        },
      });
    },
  );

  it('an incoming call of Telnyx is passed on to who can command it', async () => {
    const payload = { event_type: 'call.initiated', direction: 'incoming', to: number };
    const ids = { call_control_id: 'v3:in', connection_id: 'id-telnyx', from: caller };
    const answer = await world.post(telnyx, 'answer', { ...payload, ...ids });
    expect([answer.status, answer.body]).toEqual([202, '']);
    expect((await world.queued()).at(-1)).toMatchObject({ kind: 'incoming', callId: null });
  });

  it.each([plivo, vobiz, telnyx])('S16 a replay of $carrier changes nothing', async (side) => {
    const fields =
      side === telnyx
        ? { event_type: 'call.answered', call_control_id: 'v3:y', connection_id: 'id-telnyx' }
        : fieldsOf(side);
    const status = await world.post(side, 'calls/call-3/status', fields);
    const kept = (await world.queued()).length;
    expect(await status.again()).toBe(status.status);
    expect(await world.queued()).toHaveLength(kept);
    if (side === telnyx) return;
    const answer = await world.post(side, 'answer', fields);
    expect(await answer.again()).toBe(409);
  });

  it.each([twilio, plivo, vobiz, telnyx])(
    'S16 $carrier is believed over the configured address alone, whatever a proxy says',
    async (side) => {
      const fields =
        side === telnyx
          ? { event_type: 'call.answered', call_control_id: 'v3:z', connection_id: 'id-telnyx' }
          : fieldsOf(side);
      const path = 'calls/call-4/status';
      const proxied = { 'x-forwarded-host': 'evil.example.com', 'x-forwarded-proto': 'http' };
      const right = await world.post(side, path, fields, { headers: proxied });
      expect(right.status).toBeLessThan(300);
      if (side === telnyx) return;
      const elsewhere = `https://evil.example.com/webhooks/${side.carrier}/${side.carrier}-1/${path}`;
      const wrong = await world.post(side, path, fields, {
        signedUrl: elsewhere,
        headers: proxied,
      });
      expect([wrong.status, JSON.parse(wrong.body).code]).toEqual([403, 'webhook.refused']);
    },
  );

  it('S16 refuses a changed body, another account, no signature and another path', async () => {
    const fields = fieldsOf(twilio);
    const status = async (path: string, given: object, change: object = {}) =>
      (await world.post(twilio, path, given as Record<string, string>, change)).status;
    expect(await status('calls/c/status', fields, { body: 'CallSid=CA2' })).toBe(403);
    expect(await status('calls/c/status', { ...fields, AccountSid: 'AC-other' })).toBe(403);
    expect(await status('calls/c/status', fields, { headers: { 'x-twilio-signature': '' } })).toBe(
      403,
    );
    const signedUrl = `${publicBaseUrl}/webhooks/twilio/twilio-1/calls/d/status`;
    expect(await status('calls/c/status', fields, { signedUrl })).toBe(403);
    const foreign = { event_type: 'call.answered', call_control_id: 'v', connection_id: 'other' };
    expect((await world.post(telnyx, 'calls/c/status', foreign)).status).toBe(403);
  });

  it('answers 404 to unknown accounts and paths, 413 to what is too large, 415 to zipped', async () => {
    const body = 'a=1';
    expect(await world.raw('/webhooks/twilio/unknown/answer', { body })).toBe(404);
    expect(await world.raw('/webhooks/plivo/twilio-1/answer', { body })).toBe(404);
    expect(await world.raw('/webhooks/nobody/twilio-1/answer', { body })).toBe(404);
    expect(await world.raw('/webhooks/twilio/tw.il*>io/answer', { body })).toBe(404);
    const large = 'a'.repeat(64 * 1024 + 1);
    expect(await world.raw('/webhooks/twilio/twilio-1/answer', { body: large })).toBe(413);
    const headers = { 'content-encoding': 'gzip' };
    expect(await world.raw('/webhooks/twilio/twilio-1/answer', { body, headers })).toBe(415);
  });

  it('answers 503 while NATS is away, and the same delivery is taken afterwards', async () => {
    const fields = fieldsOf(plivo);
    await world.nats.pause();
    const away = await world.post(plivo, 'calls/call-5/status', fields);
    world.nats.resume();
    expect(away.status).toBe(503);
    // Whether the first one was written after all nobody can know: it is taken twice, not never.
    expect(await away.again()).toBe(200);
    expect((await world.queued()).at(-1)).toMatchObject({ callId: 'call-5' });
  });

  it('I7 writes no number and no signature into its log', () => {
    const log = world.logged.join('');
    expect(log).toContain('webhook.refused');
    for (const text of [number, caller]) expect(log).not.toContain(text.slice(1));
  });
});
