import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startBench, until, type CallView, type CarrierBench } from '../../test/carrier-bench.js';

let bench: CarrierBench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.stop());

const caller = '+15550001111';
const colleague = '+15550009999';
const takes = { steps: [{ silence: 100 }, { dtmf: '1' }, { silence: 600 }, { hangUp: true }] };
const waits = { steps: [{ silence: 60_000 }] };

const documents = {
  twilio: {
    gather: (url: string) =>
      `<Gather input="dtmf" numDigits="1" timeout="1" action="${url}"><Say>Press 1</Say></Gather>`,
    room: '<Dial timeLimit="60"><Conference endConferenceOnExit="true">r1</Conference></Dial>',
    accountId: `AC${'1'.repeat(32)}`,
  },
  plivo: {
    gather: (url: string) =>
      `<GetInput inputType="dtmf" numDigits="1" executionTimeout="1" action="${url}"><Speak>Press 1</Speak></GetInput>`,
    room: '<Conference endConferenceOnExit="true" timeLimit="60">r1</Conference>',
    accountId: 'MA1',
  },
  vobiz: {
    gather: (url: string) =>
      `<Gather inputType="dtmf" numDigits="1" executionTimeout="1" action="${url}"><Speak>Press 1</Speak></Gather>`,
    room: '<Conference endConferenceOnExit="true" timeLimit="60">r1</Conference>',
    accountId: 'MA1',
  },
} as const;
type Asking = keyof typeof documents;
const asking = Object.keys(documents) as Asking[];

/** One call to each of the two numbers; both get what `answer` says. */
async function create(carrier: Asking, to: string, answerPath: string): Promise<string> {
  const { accountId } = documents[carrier];
  const url = `${bench.platform.url}${answerPath}`;
  const basic = Buffer.from(`${accountId}:tok`).toString('base64');
  const isTwilio = carrier === 'twilio';
  const prefix = carrier === 'vobiz' ? '/api/v1' : '/v1';
  const path = isTwilio
    ? `/2010-04-01/Accounts/${accountId}/Calls.json`
    : `${prefix}/Account/${accountId}/Call/`;
  const form = new URLSearchParams({ To: to, From: '+15550002222', Url: url });
  const json = JSON.stringify({ to: to.slice(1), from: '15550002222', answer_url: url });
  const response = await fetch(`${bench.sandbox.url}/${carrier}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${basic}`,
      'x-auth-id': accountId,
      'x-auth-token': 'tok',
      'content-type': isTwilio ? 'application/x-www-form-urlencoded' : 'application/json',
    },
    body: isTwilio ? form.toString() : json,
  });
  const body = (await response.json()) as { sid?: string; request_uuid?: string };
  return body.sid ?? body.request_uuid ?? '';
}

async function account(carrier: string, accountId: string): Promise<void> {
  await bench.control('/carriers/accounts', { carrier, accountId, secret: 'tok' });
}

async function callees(script: object): Promise<void> {
  const quick = { ringAfterMs: 0, answerAfterMs: 0 };
  await bench.control('/carriers/callees', { ...quick, to: caller, script: waits });
  await bench.control('/carriers/callees', { ...quick, to: colleague, script });
}

const whatsOf = ({ notes }: CallView): string[] => notes.map(({ what }) => what);

describe.each(asking)('a second leg of %s', (carrier) => {
  const { gather, room, accountId } = documents[carrier];
  const wrap = (inner: string) => ({ body: `<Response>${inner}</Response>` });

  beforeEach(async () => {
    await account(carrier, accountId);
    const { platform } = bench;
    platform.answer = ({ path }) =>
      path.endsWith('/asked') ? wrap(gather(`${platform.url}/keys`)) : wrap(room);
  });

  it('brings the key to whoever asked, and joins both until one of them leaves', async () => {
    await callees(takes);
    const waiting = await create(carrier, caller, '/room');
    const taking = await create(carrier, colleague, '/asked');
    const [left, other] = [await bench.call(taking), await bench.call(waiting)];
    expect(bench.platform.forms('/keys')).toMatchObject([{ Digits: '1' }]);
    expect(whatsOf(left)).toEqual(
      expect.arrayContaining(['says: Press 1', 'pressed 1', `joined with ${caller}`]),
    );
    expect(left).toMatchObject({ outcome: 'completed', endedBy: 'person' });
    expect(whatsOf(other)).toContain(`joined with ${colleague}`);
    expect(other).toMatchObject({ outcome: 'completed', endedBy: 'document' });
  });

  it('goes on without a key when none is pressed, and its document ends', async () => {
    await callees(waits);
    const call = await bench.call(await create(carrier, colleague, '/asked'));
    expect(whatsOf(call)).toContain('no key in time');
    expect(call).toMatchObject({ outcome: 'completed', endedBy: 'document' });
    expect(bench.platform.forms('/keys')).toEqual([]);
  });
});

describe('the verb that asks for keys', () => {
  it.each([
    ['plivo', '<Gather action="https://h.example.com"/>', 'the verb <Gather> is not one of plivo'],
    [
      'vobiz',
      '<GetInput action="https://h.example.com"/>',
      'the verb <GetInput> is not one of vobiz',
    ],
  ] as const)('is each carrier’s own: %s', async (carrier, verb, reason) => {
    await account(carrier, 'MA1');
    await callees(waits);
    bench.platform.answer = () => ({ body: `<Response>${verb}</Response>` });
    const call = await bench.call(await create(carrier, colleague, '/asked'));
    expect(whatsOf(call)).toEqual([`answer document refused: ${reason}`]);
    expect(call).toMatchObject({ outcome: 'failed', endedBy: 'carrier' });
  });
});

describe('a second leg of telnyx', () => {
  const connection = '1234';
  const post = async (path: string, body: object) => {
    const response = await fetch(`${bench.sandbox.url}/telnyx/v2/calls${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer tok', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const json = (await response.json()) as { data?: { call_control_id?: string } };
    return { status: response.status, id: json.data?.call_control_id ?? '' };
  };
  const dial = async (to: string): Promise<string> => {
    const webhook_url = `${bench.platform.url}/${to.slice(1)}`;
    const order = { connection_id: connection, to, from: '+15550002222', webhook_url };
    return (await post('', order)).id;
  };
  const act = (id: string, action: string, body: object = {}) =>
    post(`/${encodeURIComponent(id)}/actions/${action}`, body);
  const told = (to: string) =>
    bench.platform.asked
      .filter(({ path }) => path === `/${to.slice(1)}`)
      .map(
        ({ body }) => (JSON.parse(body) as { data: { event_type: string; payload: object } }).data,
      );
  const typesTold = (to: string) => told(to).map(({ event_type }) => event_type);
  const spoken = { payload: 'Press 1', voice: 'female', maximum_digits: 1, timeout_millis: 400 };

  beforeEach(() => account('telnyx', connection));

  it('is told to speak, tells the key, and is bridged until one of them leaves', async () => {
    await callees(takes);
    const [waiting, taking] = [await dial(caller), await dial(colleague)];
    await until(() => typesTold(colleague).includes('call.answered'), 'the answer');
    await until(() => typesTold(caller).includes('call.answered'), 'the caller');
    expect((await act(taking, 'gather_using_speak', spoken)).status).toBe(200);
    await until(() => typesTold(colleague).includes('call.gather.ended'), 'the key');
    const gathered = told(colleague).find(({ event_type }) => event_type === 'call.gather.ended');
    expect(gathered?.payload).toMatchObject({ digits: '1', status: 'valid' });
    const bridge = { call_control_id: taking, command_id: 'b1' };
    expect((await act(waiting, 'bridge', { call_control_id: 'v3:nobody' })).status).toBe(404);
    expect((await act(waiting, 'bridge', bridge)).status).toBe(200);
    expect((await act(waiting, 'bridge', bridge)).status).toBe(200);
    const [left, other] = [await bench.call(taking), await bench.call(waiting)];
    expect(left).toMatchObject({ outcome: 'completed', endedBy: 'person' });
    expect(other).toMatchObject({ outcome: 'completed', endedBy: 'carrier' });
    for (const to of [caller, colleague]) {
      expect(typesTold(to).filter((type) => type === 'call.bridged')).toHaveLength(1);
    }
  });

  it('tells that nothing was pressed', async () => {
    await callees(waits);
    const id = await dial(colleague);
    await until(() => typesTold(colleague).includes('call.answered'), 'the answer');
    await act(id, 'gather_using_speak', { ...spoken, maximum_tries: 1 });
    await until(() => typesTold(colleague).includes('call.gather.ended'), 'the end');
    expect(told(colleague).at(-1)?.payload).toMatchObject({ digits: '', status: 'timeout' });
    await act(id, 'hangup');
  });
});
