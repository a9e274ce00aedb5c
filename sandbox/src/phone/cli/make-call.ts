import { randomInt } from 'node:crypto';
import { logOf, findCall, printLog, printRecording } from './after-call.js';
import { describe } from './describe.js';
import { verdictsOf } from './expectations.js';
import type { Flags } from './flags.js';
import { followLive, type LiveEvent } from './live.js';
import { PlatformClient } from './platform-client.js';
import { agentFor, prepareLine } from './prepare-line.js';
import { printSpoken, type Spoken } from './print-spoken.js';
import { Problem, reasonOf } from './problem.js';
import { SandboxClient } from './sandbox-client.js';
import { Screen } from './screen.js';
import type { SpokenText } from '../voice.js';
import { speakFromBrowser } from './web-call.js';

type Env = Readonly<Record<string, string | undefined>>;

interface Placed {
  readonly agent: string;
  readonly from: string;
  /** Known at once for a browser's session. */
  readonly callId?: string;
  speak(): Promise<Spoken>;
}

/** One call from the login to the verdict; answers the exit code. */
export async function makeCall(flags: Flags, env: Env, signal: AbortSignal): Promise<number> {
  const screen = new Screen(flags.isJson);
  const platform = await PlatformClient.logIn({
    gatewayUrl: needed(env, 'GATEWAY_URL'),
    email: needed(env, 'DEMO_EMAIL'),
    password: needed(env, 'DEMO_PASSWORD'),
  });
  const placed = await place({ flags, env, platform, signal, screen });
  const sinceMs = Date.now();
  const listening = new AbortController();
  const heard = new Ears(placed, screen);
  const live = followLive({
    platform,
    signal: listening.signal,
    onEvent: (event) => heard.take(event),
    onTrouble: (what) => screen.line('trouble', { what }, `  · ${what}`),
  });
  const spoken = await placed.speak();
  printSpoken(spoken, flags, screen);
  const { agent, from } = placed;
  const callId = (): string | undefined => heard.callId;
  const id = placed.callId ?? (await findCall(platform, { agent, from, sinceMs, callId }));
  listening.abort();
  await live;
  if (id === undefined) throw new Problem('the platform has no call from this number in its list');
  return await judge({ flags, platform, screen }, id, spoken);
}

interface Judging {
  readonly flags: Flags;
  readonly platform: PlatformClient;
  readonly screen: Screen;
}

async function judge({ flags, platform, screen }: Judging, id: string, spoken: Spoken) {
  const call = await logOf(platform, id);
  if (!call) throw new Problem(`the platform does not show the log of call ${id}`);
  await printLog(platform, call, screen);
  await printRecording(platform, id, screen);
  const verdicts = flags.script.expect ? verdictsOf(flags.script.expect, call.events) : [];
  for (const { what, held } of verdicts) {
    screen.line('expectation', { what, held }, `${held ? '✔' : '✖'} ${what}`);
  }
  const isGood = spoken.report !== null && verdicts.every(({ held }) => held);
  return isGood ? 0 : 1;
}

/** Superseded a moment later by the whole turn. */
const silent = new Set(['caller-partial', 'agent-speaking', 'snapshot', 'gap', 'pod-load']);

/** Shows the events of our call and finds out which it is. */
class Ears {
  readonly #placed: Placed;
  readonly #screen: Screen;
  callId: string | undefined;

  constructor(placed: Placed, screen: Screen) {
    this.#placed = placed;
    this.#screen = screen;
    this.callId = placed.callId;
  }

  take(event: LiveEvent): void {
    const { type, callId } = event;
    if (typeof type !== 'string' || typeof callId !== 'string') return;
    const data = (event['data'] ?? event) as LiveEvent;
    if (this.callId === undefined && this.#isBeginning(data)) this.callId = callId;
    if (callId === this.callId && !silent.has(type)) {
      this.#screen.moment(event, describe(type, data));
    }
  }

  /** The live view names no numbers: it is the first call of our agent after we rang. */
  #isBeginning(data: LiveEvent): boolean {
    return data['state'] === 'started' && data['agent'] === this.#placed.agent;
  }
}

interface Placing extends Judging {
  readonly env: Env;
  readonly signal: AbortSignal;
}

async function place(placing: Placing): Promise<Placed> {
  return placing.flags.isWeb ? await placeFromBrowser(placing) : await placeByCarrier(placing);
}

async function placeFromBrowser({
  flags,
  env,
  platform,
  signal,
  screen,
}: Placing): Promise<Placed> {
  const agent = await agentFor(platform, flags.agent);
  const { mode } = flags;
  const body = { agent: agent.id, kind: 'practice', ...(mode !== undefined && { mode }) };
  const session = await platform.send('POST', '/v1/voice-sessions', body);
  screen.line('calling', { agent }, `· speaking to ${agent.name} from a browser`);
  const socket = { url: String(session['url']), token: String(session['token']) };
  const { script } = flags;
  const sandbox = new SandboxClient(needed(env, 'SANDBOX_URL'));
  const onSoon = (said: SpokenText): Promise<void> => sandbox.willHear(said);
  const callId = String(session['id']);
  return {
    agent: agent.id,
    from: '',
    callId,
    speak: () => speakFromBrowser({ ...socket, sessionId: callId, script, onSoon, signal }),
  };
}

async function placeByCarrier({ flags, env, platform, signal, screen }: Placing): Promise<Placed> {
  const sandbox = new SandboxClient(needed(env, 'SANDBOX_URL'));
  const { carrier, agent: wanted, mode, to: number } = flags;
  const publicUrl = needed(env, 'PUBLIC_BASE_URL');
  const line = await prepareLine(platform, sandbox, {
    carrier,
    ...{ agent: wanted, mode },
    to: number,
    publicUrl,
  });
  const { agent, to, accountId } = line;
  // A number of its own tells this call from others that ring the same agent.
  const from = `+1555${randomInt(2_000_000, 9_999_999)}`;
  screen.line(
    'calling',
    { agent, carrier, to },
    `· ${from} rings ${agent.name} at ${to} (${carrier})`,
  );
  const speak = async (): Promise<Spoken> => {
    const id = await sandbox.ring({ carrier, accountId, from, to, caller: flags.script });
    const hangUp = (): void =>
      void sandbox.hangUp(id).catch((error: unknown) => {
        screen.line('trouble', {}, `  · not hung up: ${reasonOf(error)}`);
      });
    signal.addEventListener('abort', hangUp, { once: true });
    const call = await sandbox.finished(id, signal);
    const recording = call.hasRecording ? await sandbox.recording(id) : undefined;
    const outcome = `${call.outcome ?? call.state}, ended by ${call.endedBy ?? 'nobody'}`;
    const notes = call.notes.map(({ what }) => what);
    return { report: call.report, recording, outcome, notes };
  };
  return { agent: agent.id, from, speak };
}

function needed(env: Env, name: string): string {
  const value = env[name];
  if (!value) throw new Problem(`${name} is not set: run it as npm run call`);
  return value;
}
