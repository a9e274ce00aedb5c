import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openTenant, type Client } from '../api/client.js';
import { spreadOf } from '../figures.js';
import { ms, percent, printTable } from '../table.js';
import { letThemCall, type CallerOrder, type CallerReport } from './callers.js';
import { overFloor } from './floor.js';
import { measureInterruptions } from './interruptions.js';
import { soak } from './soak.js';
import { agentGreeting, StandIns, type Opened } from './stand-ins.js';
import { coreShare, sampleVoice } from './voice-process.js';

const NUMBER = '+15557770001';
/** Above it the callers or the stand-ins were too busy to be believed. */
const VOID_LOOP_MS = 10;
/** Seldom: a percentile of the loop's delays needs many of them. */
const SAMPLE_EVERY_MS = 20_000;
const SETTLE_MS = 5000;
const everyCount = [1, 25, 100, 200];
const MEBIBYTE = 1024 * 1024;

interface Places {
  readonly gateway: string;
  readonly voice: string;
  readonly sandbox: string;
  readonly callersPort: string;
}

interface Measured {
  readonly calls: number;
  readonly report: CallerReport;
  readonly over: readonly number[];
  readonly core: number;
  readonly extraBytes: number;
  readonly opened: Opened;
  readonly loopP99Ms: number;
  readonly standInLoopP99Ms: number;
}

const options = {
  quick: { type: 'boolean', default: false },
  soak: { type: 'boolean', default: false },
  calls: { type: 'string' },
  minutes: { type: 'string' },
} as const;

/**
 * `npm run bench -- voice [--quick] [--calls 25,100] [--minutes 1] [--soak]`: whole calls,
 * measured at the carrier's end.
 */
export async function benchVoice(args: readonly string[]): Promise<void> {
  const { values: asked } = parseArgs({ args: [...args], options });
  const places = placesFrom(process.env);
  const standIns = new StandIns(places.sandbox);
  await standIns.prepare();
  const flags = await openLine(await openTenant(), places);
  const order = (calls: number): CallerOrder => ({
    calls,
    minutes: Number(asked.minutes ?? (asked.quick ? 0.2 : 1)),
    turns: 6,
    flags,
  });
  const counts = asked.calls?.split(',').map(Number) ?? (asked.quick ? [1, 25] : everyCount);
  const rows: Measured[] = [];
  for (const calls of counts) rows.push(await measure(order(calls), { places, standIns }));
  print(rows);
  await measureInterruptions(
    { ...order(4), flags: { ...flags, 'interrupt-every': '2' } },
    standIns,
  );
  if (asked.soak) await soak({ ...order(50), turns: 1 }, places.voice);
}

function placesFrom(env: Readonly<Record<string, string | undefined>>): Places {
  return {
    gateway: env['GATEWAY_URL'] ?? '',
    voice: env['VOICE_URL'] ?? '',
    sandbox: env['SANDBOX_URL'] ?? '',
    callersPort: env['BENCH_CARRIER_PORT'] ?? '',
  };
}

/** An agent, a carrier account and a number that lead to each other. */
async function openLine(client: Client, places: Places): Promise<Record<string, string>> {
  const agent = await client.post('/v1/agents', {
    name: 'Bench',
    llm_provider: 'openai',
    stt_provider: 'deepgram',
    tts_provider: 'cartesia',
    system_prompt: 'You answer the phone of a restaurant.',
    language: 'en',
    config: { firstMessage: agentGreeting },
  });
  const accountId = `AC${randomUUID().replaceAll('-', '')}`;
  const secret = randomUUID();
  const account = await client.post('/v1/carrier-accounts', {
    carrier: 'twilio',
    label: 'Bench',
    accountId,
    authToken: secret,
  });
  await client.post('/v1/routes', {
    carrierAccount: account['id'],
    number: NUMBER,
    direction: 'inbound',
    agent: agent['id'],
  });
  const webhooks = `${places.gateway}/webhooks/twilio/${String(account['id'])}`;
  return {
    account: accountId,
    secret,
    'answer-url': `${webhooks}/answer`,
    'status-url': `${webhooks}/status`,
    to: NUMBER,
    sandbox: places.sandbox,
    listen: places.callersPort,
  };
}

async function measure(
  order: CallerOrder,
  on: { readonly places: Places; readonly standIns: StandIns },
): Promise<Measured> {
  const { places, standIns } = on;
  // As many calls before pay for the compiler and for the connections that are then kept.
  await letThemCall({ ...order, minutes: (2 + order.calls / 10) / 60, turns: 1 });
  await delay(SETTLE_MS);
  await standIns.stamps();
  const openedBefore = await standIns.connectionsOpened();
  const before = await sampleVoice(places.voice);
  let most = before;
  let loopP99Ms = 0;
  const look = async (): Promise<void> => {
    const now = await sampleVoice(places.voice);
    if (now.residentBytes > most.residentBytes) most = now;
    loopP99Ms = Math.max(loopP99Ms, now.loopP99Ms);
  };
  const sampling = setInterval(() => void look(), SAMPLE_EVERY_MS);
  const report = await letThemCall(order);
  clearInterval(sampling);
  const after = await sampleVoice(places.voice);
  const opened = await standIns.connectionsOpened();
  return {
    calls: order.calls,
    report,
    over: overFloor(report.turns, await standIns.stamps()),
    core: coreShare(before, after) / order.calls,
    extraBytes: Math.max(0, most.residentBytes - before.residentBytes) / order.calls,
    opened: {
      deepgram: opened.deepgram - openedBefore.deepgram,
      openai: opened.openai - openedBefore.openai,
      cartesia: opened.cartesia - openedBefore.cartesia,
    },
    loopP99Ms: Math.max(loopP99Ms, after.loopP99Ms),
    standInLoopP99Ms: await standIns.loopP99Ms(),
  };
}

function print(rows: readonly Measured[]): void {
  const head = [
    ...['calls', 'turns', 'voice to voice p50', 'p95', 'p99', 'over the floor p50', 'p95'],
    ...['gaps > 5 ms', 'core a call', 'MB a call', 'new conns a turn', 'loop p99', 'callers', ''],
  ];
  printTable('E24 Voice: calls in one process', [head, ...rows.map(cells)]);
  for (const { calls, report, opened } of rows) {
    console.log(
      `${calls} at once: ${report.calls} calls opened ${opened.deepgram} connections to deepgram, ` +
        `${opened.openai} to openai, ${opened.cartesia} to cartesia`,
    );
  }
  const at25 = rows.find(({ calls }) => calls === 25);
  if (!at25) return;
  const { p50, p95 } = spreadOf(at25.over);
  console.log(
    `25 calls, over the floor: p50 ${ms(p50)} (bar 30 ms: ${verdict(p50 <= 30)}), ` +
      `p95 ${ms(p95)} (bar 80 ms: ${verdict(p95 <= 80)})`,
  );
}

function cells(row: Measured): string[] {
  const { report, over } = row;
  const waited = spreadOf(report.turns.flatMap(({ voiceToVoiceMs }) => voiceToVoiceMs ?? []));
  const ours = spreadOf(over);
  const isVoid = Math.max(report.loopP99Ms, row.standInLoopP99Ms) > VOID_LOOP_MS;
  return [
    ...[String(row.calls), String(report.turns.length), ms(waited.p50), ms(waited.p95)],
    ...[ms(waited.p99), ms(ours.p50), ms(ours.p95), String(report.gaps.length)],
    ...[percentOfCore(row.core), (row.extraBytes / MEBIBYTE).toFixed(1)],
    ...[newConnections(row).toFixed(2), ms(row.loopP99Ms), ms(report.loopP99Ms)],
    isVoid ? 'void: the callers were too slow' : failures(report),
  ];
}

/** One socket to the hearing belongs to each call, not to a turn. */
function newConnections({ opened, report }: Measured): number {
  const { deepgram, openai, cartesia } = opened;
  const extra = Math.max(0, deepgram - report.calls) + openai + cartesia;
  return report.turns.length === 0 ? 0 : extra / report.turns.length;
}

function percentOfCore(share: number): string {
  return share < 0.1 ? `${(share * 100).toFixed(1)} %` : percent(share);
}

function failures({ failed, unanswered }: CallerReport): string {
  return failed + unanswered === 0 ? '' : `${failed} failed, ${unanswered} unanswered`;
}

function verdict(met: boolean): string {
  return met ? 'met' : 'missed';
}
