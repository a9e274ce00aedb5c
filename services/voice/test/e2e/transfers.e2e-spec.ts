import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { eventually } from '@trunkline/testing';
import { CallerWorld, type CallAnswer, type Json, type Line } from '@trunkline/testing/whole';

const carriers = ['twilio', 'telnyx', 'plivo', 'vobiz'] as const;
type Carrier = (typeof carriers)[number];

interface CarrierCall {
  readonly id: string;
  readonly to: string;
  readonly state: string;
  readonly endedBy: string | null;
  readonly notes: readonly { readonly what: string }[];
}

interface Handover {
  readonly call: CallAnswer;
  readonly transferred: readonly Json[];
  /** The caller's leg and the colleague's, as the carrier has them. */
  readonly legs: { readonly caller: CarrierCall; readonly colleague: CarrierCall };
  /** Requests that created a call to the colleague. */
  readonly creates: number;
}

const listen = { waitForAgent: { quietMs: 700, timeoutMs: 20_000 } };
/** Longer than the colleague's telephone rings. */
const waitLong = { waitForAgent: { quietMs: 700, timeoutMs: 60_000 } };
const say = (text: string) => ({ say: text });
const hangUp = { hangUp: true };
const takes = [listen, { dtmf: '1' }, { silence: 2500 }, say('Hello, how are you?'), hangUp];

let world: CallerWorld;
let taken: Readonly<Record<Carrier, Promise<Handover>>>;
let notAnswered: Readonly<Record<Carrier, Promise<Handover>>>;
beforeAll(async () => {
  world = await CallerWorld.start();
  const all = (run: (carrier: Carrier) => Promise<Handover>) =>
    Object.fromEntries(carriers.map((carrier) => [carrier, run(carrier)])) as typeof taken;
  taken = all((carrier) =>
    handover(carrier, { script: { steps: takes } }, [{ silence: 25_000 }, hangUp]),
  );
  await Promise.allSettled(Object.values(taken));
  notAnswered = all((carrier) =>
    handover(carrier, { outcome: 'no-answer' }, [waitLong, say('Never mind.'), listen, hangUp]),
  );
  await Promise.allSettled(Object.values(notAnswered));
}, 300_000);
afterAll(async () => {
  await world?.stop();
});

const whatsOf = (call: CarrierCall): string => call.notes.map(({ what }) => what).join('\n');

describe('transfers', () => {
  it.each(carriers)(
    'a colleague called by %s hears who waits, takes the call and talks with the caller',
    async (carrier) => {
      const { call, transferred, legs, creates } = await taken[carrier];
      const { caller, colleague } = legs;
      expect(whatsOf(colleague)).toContain('says: Ann wants a table for twelve.');
      expect(whatsOf(colleague)).toContain(`joined with ${caller.to}`);
      expect(transferred).toMatchObject([
        { kind: 'warm', name: 'Sales', outcome: 'connected', reason: null },
      ]);
      expect(call.endReason).toBe('call_transfer');
      // They talked until the colleague hung up: nobody cut the caller off when the agent left.
      expect(colleague.endedBy).toBe('person');
      expect(caller.endedBy).not.toBe('api');
      expect(creates).toBe(1);
    },
  );

  it.each(carriers)(
    'when a colleague called by %s does not answer, the caller is told and the agent goes on',
    async (carrier) => {
      const { call, transferred, legs, creates } = await notAnswered[carrier];
      expect(call.endReason).toBe('user_hangup');
      expect(transferred).toMatchObject([{ outcome: 'refused', reason: 'no-answer' }]);
      const said = call.transcript.filter(({ who }) => who === 'agent').map(({ text }) => text);
      expect(said).toContain('I am sorry, Sales is not there.');
      expect(call.transcript.at(-1)).toMatchObject({ who: 'agent' });
      expect(legs.colleague.state).toBe('ended');
      expect(creates).toBe(1);
    },
  );
});

async function handover(carrier: Carrier, callee: Json, after: readonly Json[]): Promise<Handover> {
  const marker = randomUUID();
  const to = `+1557${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`;
  const agent = await newAgent(marker, to);
  const line = await world.newLine(carrier, agent);
  await world.control('POST', '/carriers/callees', { to, ...callee });
  const steps = [listen, say('Give me a human please'), listen, ...after];
  await world.ring(line, steps, 120_000);
  const call = await world.callOf(agent, ({ status }) => expect(status).toBe('ended'));
  const { events } = await eventually(() =>
    world.api<{ events: { type: string; data: Json }[] }>('GET', `/v1/calls/${call.id}/events`),
  );
  const transferred = events.filter(({ type }) => type === 'call.transferred');
  const { legs, creates } = await atCarrier(line, to);
  return { call, transferred: transferred.map(({ data }) => data), legs, creates };
}

async function newAgent(marker: string, to: string): Promise<string> {
  const { id: tool } = await world.api<{ id: string }>('POST', '/v1/tools', {
    kind: 'internal',
    name: `transfer_${marker.slice(0, 8)}`,
    description: 'Puts the caller through to a colleague.',
    action: 'transfer',
  });
  const use = { name: 'Sales', summary: 'Ann wants a table for twelve' };
  await world.control('POST', '/openai/script', {
    match: { system: marker },
    rules: [
      {
        when: { user: 'human', turn: 1 },
        say: 'I will ask a colleague.',
        tool: { name: `transfer_${marker.slice(0, 8)}`, arguments: use },
      },
      { say: 'Can I do anything else?' },
    ],
  });
  await world.control('POST', '/openai/script', {
    match: { system: `${marker}[\\s\\S]*did not answer` },
    rules: [
      { when: { turn: 1 }, say: 'I am sorry, Sales is not there.' },
      { say: 'Can I do anything else?' },
    ],
  });
  const transfers = [{ name: 'Sales', to, kind: 'warm' }];
  const prompt = `You answer the phone of a restaurant. ${marker}`;
  return world.newAgent({ tools: [{ tool, version: 1 }], transfers }, prompt);
}

async function atCarrier(
  { carrier, accountId }: Line,
  to: string,
): Promise<Pick<Handover, 'legs' | 'creates'>> {
  const of = `carrier=${carrier}&accountId=${accountId}`;
  const { calls } = await world.control<{ calls: CarrierCall[] }>('GET', `/carriers/calls?${of}`);
  const full = (call: CarrierCall | undefined) =>
    world.control<CarrierCall>(
      'GET',
      `/carriers/calls/${encodeURIComponent(call?.id ?? '')}?waitMs=10000`,
    );
  const colleague = await full(calls.find((call) => call.to === to));
  const caller = await full(calls.find((call) => call.to !== to));
  const ledger = await world.control<{ entries: { command: string; isAccepted: boolean }[] }>(
    'GET',
    `/carriers/ledger?${of}`,
  );
  const creates = ledger.entries.filter(({ command }) => command === 'create').length;
  return { legs: { caller, colleague }, creates };
}
