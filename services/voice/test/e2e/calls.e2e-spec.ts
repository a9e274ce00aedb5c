import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallerWorld, type CallAnswer } from '@trunkline/testing/whole';

const carriers = ['twilio', 'telnyx', 'plivo', 'vobiz'] as const;
type Carrier = (typeof carriers)[number];

let world: CallerWorld;
/** A call takes its time: all carriers' at once. */
let inbound: Readonly<Record<Carrier, Promise<CallAnswer>>>;
beforeAll(async () => {
  world = await CallerWorld.start();
  const ringing = carriers.map((carrier) => [carrier, ringAndAsk(carrier)] as const);
  inbound = Object.fromEntries(ringing) as typeof inbound;
  await Promise.allSettled(Object.values(inbound));
}, 180_000);
afterAll(async () => {
  await world?.stop();
});

const listen = { waitForAgent: { quietMs: 600, timeoutMs: 20_000 } };
const say = (text: string) => ({ say: text });
const hangUp = { hangUp: true };
const caller = (text: string) => expect.objectContaining({ who: 'caller', text });

describe('calls', () => {
  it.each(carriers)(
    'V18 E1 E4 E5 O9 O11 S2 S4 S7 T3 T6 somebody rings a number of %s, is understood and answered',
    async (carrier) => {
      const call = await inbound[carrier];
      expect(call.direction).toBe('inbound');
      expect(call.endReason).toBe('user_hangup');
      expect(call.transcript[0]).toMatchObject({ who: 'agent' });
      expect(call.transcript).toContainEqual(caller('Are you open today?'));
      expect(call.turns).toHaveLength(1);
      expect(call.recording?.sizeBytes).toBeGreaterThan(32_000);
    },
  );

  it('S3 S4 calls somebody who picks up, and talks with them', async () => {
    const agent = await world.newAgent({ voicemail: voicemailOff });
    const line = await world.newLine('twilio', agent);
    const to = '+15557654321';
    const script = { steps: [listen, say('Who is calling?'), listen, hangUp] };
    await world.control('POST', '/carriers/callees', { to, script });
    const order = { to, from: line.number, agent };
    const { id } = await world.api<{ id: string }>('POST', '/v1/calls', order);
    const call = await world.callOf(agent, (read) => {
      expect(read).toMatchObject({ id, status: 'ended', direction: 'outbound' });
    });
    expect(call.transcript).toContainEqual(caller('Who is calling?'));
  }, 90_000);

  it('an agent that is interrupted stops, and remembers only what was heard', async () => {
    const agent = await world.newAgent({
      firstMessage:
        'Welcome to our restaurant, we are open every day from nine in the morning until late at night.',
    });
    const line = await world.newLine('twilio', agent);
    const interrupt = { interrupt: { say: 'Sorry, wait a moment please.', afterMs: 1200 } };
    await world.ring(line, [interrupt, listen, hangUp]);
    const call = await world.callOf(agent, (read) => expect(read.status).toBe('ended'));
    const first = call.transcript.find(({ who }) => who === 'agent')?.text ?? '';
    expect(first).toMatch(/^Welcome to our/);
    expect(first).not.toMatch(/late at night/);
    expect(call.transcript).toContainEqual(caller('Sorry, wait a moment please.'));
  }, 90_000);
});

const voicemailOff = { detect: false, action: 'continue', message: null, screening: null };

async function ringAndAsk(carrier: Carrier): Promise<CallAnswer> {
  const agent = await world.newAgent();
  const line = await world.newLine(carrier, agent);
  await world.ring(line, [listen, say('Are you open today?'), listen, hangUp]);
  return world.callOf(agent, (read) => {
    expect(read).toMatchObject({ status: 'ended', analysis: 'awaiting-analysis' });
    expect(read.recording?.status).toBe('stored');
  });
}
