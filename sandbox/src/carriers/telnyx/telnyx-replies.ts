import type { RestReply, RestRequest } from '../rest.js';

export function refused(status: number, code: string, detail: string): RestReply {
  return { status, body: { errors: [{ code, title: detail, detail }] } };
}

export const telnyxRateLimited = (): RestReply => refused(429, '10011', 'Too many requests');

export function bearerIn(request: RestRequest): string | undefined {
  const [scheme, secret = ''] = (request.headers['authorization'] ?? '').split(' ');
  return scheme === 'Bearer' && secret !== '' && !secret.startsWith('bad') ? secret : undefined;
}

export const unauthorized = (): RestReply => refused(401, '10009', 'Authentication failed');
