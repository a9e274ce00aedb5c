import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startBench, type CarrierBench } from '../../../test/carrier-bench.js';
import { playEchoAgent } from '../../../test/echo-agent.js';
import type { Asked } from '../../../test/fake-platform.js';
import { readFlags } from './flags.js';
import { makeCall } from './make-call.js';

let bench: CarrierBench;
let printed: string[];

const at = '2026-01-01T00:00:00.000Z';
const log = [
  { v: 1, type: 'call.started', name: null, at, data: { mode: 'cascaded' } },
  { v: 2, type: 'call.turn-agent', name: null, at, data: { text: 'Hello there.' } },
  { v: 3, type: 'call.ended', name: null, at, data: { reason: 'user_hangup', side: 'caller' } },
];
const turns = [{ turn: 1, finalMs: 460, firstTokenMs: 712, firstByteMs: null, firstFrameMs: 810 }];

/** Once; before our call has come there is nothing to tell. */
function liveAnswer({ headers }: Asked): string {
  const [webhook] = bench.platform.forms('/webhooks');
  const snapshot = 'event: snapshot\ndata: {"type":"snapshot","calls":[],"isComplete":true}\n\n';
  if (headers['last-event-id'] === 'e-1') return `${snapshot}: ping\nid: e-1\n\n`;
  if (!webhook) return `id: e-0\n${snapshot}: ping\nid: e-0\n\n`;
  const started = { type: 'call-state', state: 'started', callId: 'call-1', agent: 'agent-1' };
  const text = JSON.stringify({ ...started, reason: null });
  return `id: e-0\n${snapshot}id: e-1\nevent: call-state\ndata: ${text}\n\n`;
}

const nothingYet = { agents: [], carrierAccounts: [], routes: [], calls: [] };
const answersToReading: Readonly<Record<string, unknown>> = {
  '/v1/calls/call-1': { turns },
  '/v1/calls/call-1/events': { events: log },
  '/v1/calls/call-1/recording': { status: 'stored', stereo: 'http://s3/x' },
};

/** The API of the platform, as far as the phone uses it; it begins with nothing in it. */
function answers(routes: Map<string, unknown>, asked: Asked): unknown {
  const [path = ''] = asked.path.split('?', 1);
  if (path === '/v1/auth/login') return { accessToken: 'tok' };
  if (path === '/v1/live') return liveAnswer(asked);
  if (asked.body === '') return answersToReading[path] ?? nothingYet;
  routes.set(path, JSON.parse(asked.body));
  return { id: path === '/v1/agents' ? 'agent-1' : 'account-1' };
}

let made: Map<string, unknown>;

beforeEach(async () => {
  bench = await startBench();
  made = new Map();
  printed = [];
  const { platform } = bench;
  playEchoAgent(platform, { silentFrames: 5, replyFrames: 10 });
  const { answer } = platform;
  platform.answer = (asked) => {
    if (asked.path.startsWith('/webhooks')) return answer(asked);
    const said = answers(made, asked);
    return { body: typeof said === 'string' ? said : JSON.stringify(said) };
  };
  jest.spyOn(console, 'log').mockImplementation((line: string) => {
    printed.push(line);
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await bench.stop();
});

const env = () => ({
  GATEWAY_URL: bench.platform.url,
  PUBLIC_BASE_URL: bench.platform.url,
  SANDBOX_URL: bench.sandbox.url,
  DEMO_EMAIL: 'demo@example.com',
  DEMO_PASSWORD: 'a password',
});
const run = (args: readonly string[], script?: object) =>
  makeCall(
    readFlags(args, () => script),
    env(),
    new AbortController().signal,
  );

describe('the phone', () => {
  it('makes what is missing, rings, shows log, latency and recording, and judges', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'phone-'));
    const file = join(folder, 'out.wav');
    const script = {
      steps: [
        { waitForAgent: { quietMs: 200 } },
        { say: 'hi' },
        { waitForAgent: {} },
        { hangUp: true },
      ],
      expect: { said: ['hello'], endedBy: 'caller' },
    };
    expect(await run(['--script', 'x', '--record', file], script)).toBe(0);
    expect([...made.keys()]).toEqual(['/v1/agents', '/v1/carrier-accounts', '/v1/routes']);
    expect(made.get('/v1/routes')).toEqual({
      carrierAccount: 'account-1',
      number: '+15550100001',
      agent: 'agent-1',
      direction: 'inbound',
    });
    expect(bench.platform.forms('/webhooks/twilio/account-1/answer')).toHaveLength(1);
    const text = printed.join('\n');
    expect(text).toContain('agent Hello there.');
    expect(text).toMatch(/\d+ ms voice to voice\s+after "hi"/);
    expect(text).toMatch(/1\s+460\s+712\s+–\s+810/);
    expect(text).toContain('recording: stored, http://s3/x');
    expect(text).toContain('✔ the agent says /hello/');
    expect(readFileSync(file).toString('latin1', 0, 4)).toBe('RIFF');
    rmSync(folder, { recursive: true });
  });

  it('fails when an expectation does not hold, and prints JSON lines', async () => {
    const script = { steps: [{ hangUp: true }], expect: { said: ['nonsense'] } };
    expect(await run(['--script', 'x', '--json'], script)).toBe(1);
    const lines = printed.map((line) => JSON.parse(line) as { type: string; held?: boolean });
    expect(lines.filter(({ type }) => type === 'expectation')).toMatchObject([{ held: false }]);
  });

  it('says in one line what it cannot reach', async () => {
    const dead = { ...env(), GATEWAY_URL: 'http://127.0.0.1:9' };
    const flags = readFlags([], () => undefined);
    await expect(makeCall(flags, dead, new AbortController().signal)).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:9\/v1\/auth\/login does not answer: /,
    );
    await expect(makeCall(flags, {}, new AbortController().signal)).rejects.toThrow(
      'GATEWAY_URL is not set',
    );
  });
});
