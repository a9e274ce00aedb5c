import { isJsonObject, readCount, readJson, type JsonObject } from '../read-json.js';
import { pick } from '../pick.js';
import type { CarrierReply, CommandOutcome, CreateOutcome, RejectReason } from './rest-types.js';

export interface ReplyReading {
  readonly callId: (body: JsonObject) => unknown;
  readonly errorCode: (body: JsonObject) => unknown;
  /** What the carrier's own codes say more exactly than the status. */
  readonly reasons?: Readonly<Record<string, RejectReason>>;
  /** Codes of a call that is over already. */
  readonly goneCodes?: readonly string[];
}

const byStatus: Readonly<Record<string, RejectReason>> = {
  '401': 'credential',
  '402': 'payment',
  '403': 'permission',
  '404': 'not-found',
  '429': 'rate',
};

export function readCreate(reply: CarrierReply, reading: ReplyReading): CreateOutcome {
  if (reply === 'timeout' || isUndecided(reply.status)) return { kind: 'unknown' };
  const body = objectOf(reply.body);
  if (reply.status >= 200 && reply.status < 300) {
    const id = reading.callId(body);
    // Taken, but what it is called we cannot read: its callbacks will say.
    if (typeof id !== 'string' || id === '' || id.length > 512) return { kind: 'unknown' };
    return { kind: 'accepted', carrierCallId: id };
  }
  const carrierCode = codeOf(body, reading);
  return {
    kind: 'rejected',
    definite: true,
    reason: reasonOf(reply.status, carrierCode, reading),
    carrierCode,
    retryAfterMs: readRetryAfterMs(reply.retryAfter, body),
  };
}

export function readCommand(reply: CarrierReply, reading: ReplyReading): CommandOutcome {
  if (reply === 'timeout' || isUndecided(reply.status)) return { kind: 'unknown' };
  if (reply.status >= 200 && reply.status < 300) return { kind: 'done' };
  const carrierCode = codeOf(objectOf(reply.body), reading);
  const isGone = carrierCode !== null && reading.goneCodes?.includes(carrierCode) === true;
  if (reply.status === 404 || reply.status === 410 || isGone) return { kind: 'gone' };
  return { kind: 'rejected', reason: reasonOf(reply.status, carrierCode, reading), carrierCode };
}

/** 408 and every 5xx may come from something before the carrier that did pass the request on. */
const isUndecided = (status: number): boolean => status === 408 || status >= 500 || status < 200;

function objectOf(text: string): JsonObject {
  const body = readJson(text);
  return isJsonObject(body) ? body : {};
}

function codeOf(body: JsonObject, reading: ReplyReading): string | null {
  const code = reading.errorCode(body);
  if (typeof code === 'number') return String(code);
  return typeof code === 'string' ? code.slice(0, 64) : null;
}

function reasonOf(status: number, code: string | null, reading: ReplyReading): RejectReason {
  return (
    pick(reading.reasons ?? {}, code ?? undefined) ?? pick(byStatus, String(status)) ?? 'request'
  );
}

function readRetryAfterMs(header: string | undefined, body: JsonObject): number | null {
  const details = isJsonObject(body['details']) ? body['details'] : {};
  const seconds = readCount(header) ?? readCount(details['retryAfter']);
  return seconds === null ? null : Math.min(seconds, 3_600) * 1_000;
}
