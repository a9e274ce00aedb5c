import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { exchange, gatewayUrl, openTenant, type Client } from '../api/client.js';
import { load, type Load } from '../api/load.js';
import { spreadOf } from '../figures.js';
import { ms, perSecond, printTable } from '../table.js';

const barMs = 50;
const crowds = [1, 50] as const;

/**
 * `npm run bench -- webhooks [--quick]`: V20, a signed webhook from its last byte to the 202, with
 * the notice on the log's disk in between, beside a route that does nothing.
 */
export async function benchWebhooks(args: readonly string[]): Promise<void> {
  const isQuick = args.includes('--quick');
  const client = await openTenant();
  const line = await openLine(client);
  const rows: string[][] = [];
  const verdicts: string[] = [];
  for (const clients of crowds) {
    const count = clients * (isQuick ? 10 : 40) + 200;
    const floor = await measure({ clients, count }, () => client.get('/livez'));
    const heard = await measure({ clients, count }, () => tell(line));
    rows.push(row('a route that only answers (/livez)', floor, floor));
    rows.push(row('V20 a signed webhook, kept, then 202', heard, floor));
    const { p95 } = spreadOf(heard.tookMs);
    const verdict = p95 <= barMs && heard.failed === 0 ? 'met' : 'missed';
    verdicts.push(`V20 202 at ${clients} in parallel: p95 ${ms(p95)}, bar ${barMs} ms: ${verdict}`);
  }
  const head = ['what', 'clients', 'rate', 'p50', 'p95', 'failed', 'p50 of floor', 'p95 of floor'];
  printTable('Webhooks of carriers', [head, ...rows]);
  console.log(verdicts.join('\n'));
}

interface Line {
  readonly path: string;
  readonly authToken: string;
}

async function openLine(client: Client): Promise<Line> {
  const authToken = randomBytes(16).toString('hex');
  const account = { carrier: 'twilio', label: 'Bench', accountId: 'AC1', authToken };
  const { id } = await client.post('/v1/carrier-accounts', account);
  return { path: `/webhooks/twilio/${String(id)}/calls`, authToken };
}

/** Of a call that nobody knows: what comes after the 202 is not measured here. */
async function tell({ path, authToken }: Line): Promise<void> {
  const url = new URL(`${path}/${randomUUID()}/status`, gatewayUrl());
  const fields = {
    AccountSid: 'AC1',
    CallSid: `CA${randomBytes(16).toString('hex')}`,
    CallStatus: 'ringing',
    Direction: 'outbound-api',
    From: '+15550000001',
    To: '+15550000002',
  };
  const text = Object.entries(fields).map((field) => field.join(''));
  const signature = createHmac('sha1', authToken).update(`${url.href}${text.join('')}`);
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': signature.digest('base64'),
  };
  const body = new URLSearchParams(fields).toString();
  const { status } = await exchange(url, { method: 'POST', headers }, body);
  if (status !== 202) throw new Error(`a webhook was answered with ${status}`);
}

/** After a warm-up: the first requests pay for the compiler and for new connections. */
async function measure(
  of: { readonly clients: number; readonly count: number },
  work: () => Promise<unknown>,
): Promise<Load> {
  await load({ clients: of.clients, count: 200, work });
  return load({ ...of, work });
}

function row(name: string, measured: Load, floor: Load): string[] {
  const [own, bare] = [spreadOf(measured.tookMs), spreadOf(floor.tookMs)];
  const rate = perSecond((measured.tookMs.length / measured.elapsedMs) * 1000);
  const ratios = [own.p50 / bare.p50, own.p95 / bare.p95].map((ratio) => `${ratio.toFixed(1)} ×`);
  const { clients, failed } = measured;
  return [name, String(clients), rate, ms(own.p50), ms(own.p95), String(failed), ...ratios];
}
