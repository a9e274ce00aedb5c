import { withDeadline } from '@trunkline/kernel';
import type { CarrierReply, HttpCall } from '@trunkline/telephony';

/** No reply of a carrier that we read is longer. */
const MAX_REPLY_BYTES = 64 * 1024;

/** The connection itself failed: not a byte of the request has left. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export type Sent = CarrierReply | 'not-sent';

/**
 * One request, once: no retries, no redirects, one deadline over connection, request and reply.
 * Whatever went wrong after the connection stood is as good as a timeout: it may have arrived.
 */
export async function sendOnce(call: HttpCall, limitMs: number): Promise<Sent> {
  try {
    return await withDeadline({ limitMs, code: 'service.timeout' }, (signal) =>
      exchange(call, signal),
    );
  } catch (error) {
    return wasNeverSent(error) ? 'not-sent' : 'timeout';
  }
}

async function exchange(call: HttpCall, signal: AbortSignal): Promise<CarrierReply> {
  const { method, url, headers, body } = call;
  const response = await fetch(url, {
    method,
    headers: { accept: 'application/json', ...headers },
    ...(method === 'POST' ? { body } : {}),
    // A redirect would repeat the order somewhere else.
    redirect: 'manual',
    signal,
  });
  const retryAfter = response.headers.get('retry-after');
  const text = await boundedText(response);
  return { status: response.status, body: text, ...(retryAfter === null ? {} : { retryAfter }) };
}

async function boundedText(response: Response): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > MAX_REPLY_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function wasNeverSent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  // Several addresses were tried: each of them has to have failed alike.
  const errors: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  return errors.length > 0 && errors.every((one) => unreachable.has(codeOf(one)));
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return String(error.code);
}
