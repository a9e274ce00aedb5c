import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '@trunkline/kernel';
import { newId, toProblem } from '@trunkline/platform';

/** Answers an upgrade with a problem instead, and lets go of the connection. */
export function refuseUpgrade(socket: Duplex, code: string): number {
  const problem = toProblem(new AppError(code), newId());
  const body = JSON.stringify(problem);
  const headers = [
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  const status = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`;
  socket.end([status, ...headers, '', body].join('\r\n'));
  return problem.status;
}
