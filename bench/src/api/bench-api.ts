import { randomUUID } from 'node:crypto';
import { spreadOf } from '../figures.js';
import { ms, perSecond, printTable } from '../table.js';
import { openTenant, type Client } from './client.js';
import { readCpuTimes, since, sumOf, type CpuTimes } from './cpu-times.js';
import { load, type Load, type LoadOptions } from './load.js';
import { openReference } from './reference.js';

const CLIENTS = 50;
const createBarMs = 200;

type Amount = Omit<LoadOptions, 'work'>;

interface Measured extends Load {
  readonly name: string;
  /** Of each process, for one request. */
  readonly cpu: CpuTimes;
}

/** `npm run bench -- api [--quick]`: the HTTP edge under 50 clients, beside a route that does nothing. */
export async function benchApi(args: readonly string[]): Promise<void> {
  const how = { clients: CLIENTS, count: args.includes('--quick') ? 200 : 1_500 };
  const client = await openTenant();
  const floor = await row('a route that only answers (/livez)', how, () => client.get('/livez'));
  const bare = await measureReference(how);
  const created: string[] = [];
  const creates = await row('E11 E24 POST /v1/agents: event, document, object', how, async () =>
    created.push(await createAgent(client)),
  );
  const anAgent = created[0] ?? '';
  const reads = await row('E21 GET /v1/agents/:id, cached', how, () =>
    client.get(`/v1/agents/${anAgent}`),
  );
  const many = { clients: 200, count: 200 };
  const lists = await row('T17 200 parallel lists over 5 connections', many, () =>
    client.get('/v1/agents'),
  );
  const rows = [floor, bare, creates, reads, lists];
  printRates(rows);
  printCpu(rows);
  conclude(creates, bare);
}

/** The same four parts without a platform, by the same clients. */
async function measureReference(how: Amount): Promise<Measured> {
  const reference = await openReference();
  try {
    return await row('bare NATS request, publish, insert and put', how, () => reference.once());
  } finally {
    await reference.close();
  }
}

/** After a warm-up: the first requests pay for the compiler and for new connections. */
async function row(name: string, how: Amount, work: () => Promise<unknown>): Promise<Measured> {
  const warmUp = { clients: CLIENTS, count: CLIENTS * 6 };
  await load({ ...warmUp, work });
  const before = readCpuTimes();
  const loaded = await load({ ...how, work });
  const spent = Object.entries(since(before));
  const cpu = Object.fromEntries(spent.map(([process, cpuMs]) => [process, cpuMs / how.count]));
  return { ...loaded, name, cpu };
}

function conclude(creates: Measured, bare: Measured): void {
  const { p95 } = spreadOf(creates.tookMs);
  console.log(`create agent p95 ${ms(p95)}, bar ${createBarMs} ms: ${verdict(p95 < createBarMs)}`);
  const [ours, least] = [sumOf(creates.cpu), sumOf(bare.cpu)];
  if (least === 0) return;
  // The machine's speed is in both, so it is not in the ratio.
  console.log(`create agent takes ${(ours / least).toFixed(1)} × the CPU of its bare parts`);
}

async function createAgent(client: Client): Promise<string> {
  const answer = await client.post('/v1/agents', {
    name: `Bench ${randomUUID().slice(0, 8)}`,
    llm_provider: 'openai',
    stt_provider: 'deepgram',
    tts_provider: 'cartesia',
    system_prompt: 'You answer the phone of a small bakery and take orders.',
    language: 'en',
  });
  return String(answer['id']);
}

function printRates(all: readonly Measured[]): void {
  const head = ['what', 'clients', 'rate', 'p50', 'p95', 'p99', 'failed', 'p50 of floor'];
  const [floor] = all as readonly [Measured];
  const rows = all.map((one) => {
    const { p50, p95, p99 } = spreadOf(one.tookMs);
    const ratio = `${(p50 / spreadOf(floor.tookMs).p50).toFixed(1)} ×`;
    const rate = perSecond((one.tookMs.length / one.elapsedMs) * 1000);
    const failed = String(one.failed);
    return [one.name, String(one.clients), rate, ms(p50), ms(p95), ms(p99), failed, ratio];
  });
  printTable('HTTP edge', [head, ...rows]);
}

/** What a busy machine cannot hide: wall clocks swing, the work per request less. */
function printCpu(all: readonly Measured[]): void {
  const [first] = all as readonly [Measured];
  const names = Object.keys(first.cpu);
  if (names.length === 0) return;
  const head = ['CPU per request', 'all', ...names];
  const rows = all.map(({ name, cpu }) => [
    name,
    ms(sumOf(cpu)),
    ...names.map((process) => (cpu[process] ?? 0).toFixed(2)),
  ]);
  printTable('CPU time by process, ms', [head, ...rows]);
}

function verdict(met: boolean): string {
  return met ? 'met' : 'missed';
}
