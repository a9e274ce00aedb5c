import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from '../key-checks/reply.js';
import type { Exchange } from './stand-in.js';

const MAX_BODY_BYTES = 8 * 1024 * 1024;

export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

export function exchangeOf(
  request: IncomingMessage,
  response: ServerResponse,
  url: { readonly path: string; readonly query: URLSearchParams },
): Exchange {
  let body: Promise<Buffer> | undefined;
  return { request, response, ...url, body: () => (body ??= readBody(request)) };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > MAX_BODY_BYTES) throw new TooLarge(`more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function sendReply(response: ServerResponse, reply: Reply): void {
  const text = reply.text ? String(reply.body) : JSON.stringify(reply.body);
  response.writeHead(reply.status, {
    'content-type': reply.text ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
    ...reply.headers,
  });
  response.end(text);
}

/** Header names in small letters, repeated ones joined as on the wire. */
export function singleHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(',')]),
  );
}
