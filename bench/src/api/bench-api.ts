import { randomUUID } from 'node:crypto';
import { spreadOf } from '../figures.js';
import { ms, perSecond, printTable } from '../table.js';
import { openTenant, type Client } from './client.js';
import { load, type Load } from './load.js';

const CLIENTS = 50;
const createBarMs = 200;

/** `npm run bench -- api [--quick]`: the HTTP edge under 50 clients, beside a route that does nothing. */
export async function benchApi(args: readonly string[]): Promise<void> {
  const count = args.includes('--quick') ? 200 : 1_500;
  const client = await openTenant();
  const floor = await measure(count, () => client.get('/livez'));
  const created: string[] = [];
  const creates = await measure(count, async () => created.push(await createAgent(client)));
  const anAgent = created[0] ?? '';
  const reads = await measure(count, () => client.get(`/v1/agents/${anAgent}`));
  const lists = await load({ clients: 200, count: 200, work: () => client.get('/v1/agents') });
  const rows = [
    row('a route that only answers (/livez)', floor, floor),
    row('E11 E24 POST /v1/agents: event, document, object', creates, floor),
    row('E21 GET /v1/agents/:id, cached', reads, floor),
    row('T17 200 parallel lists over 5 connections', lists, floor),
  ];
  const head = ['what', 'clients', 'rate', 'p50', 'p95', 'p99', 'failed', 'p50 of floor'];
  printTable('HTTP edge', [head, ...rows]);
  const { p95 } = spreadOf(creates.tookMs);
  console.log(`create agent p95 ${ms(p95)}, bar ${createBarMs} ms: ${verdict(p95 < createBarMs)}`);
}

/** After a warm-up: the first requests pay for the compiler and for new connections. */
async function measure(count: number, work: () => Promise<unknown>): Promise<Load> {
  await load({ clients: CLIENTS, count: CLIENTS * 6, work });
  return load({ clients: CLIENTS, count, work });
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

function row(name: string, measured: Load, floor: Load): string[] {
  const { p50, p95, p99 } = spreadOf(measured.tookMs);
  const ratio = `${(p50 / spreadOf(floor.tookMs).p50).toFixed(1)} ×`;
  const rate = perSecond((measured.tookMs.length / measured.elapsedMs) * 1000);
  const failed = String(measured.failed);
  return [name, String(measured.clients), rate, ms(p50), ms(p95), ms(p99), failed, ratio];
}

function verdict(met: boolean): string {
  return met ? 'met' : 'missed';
}
