import { isJsonObject, readJson, type JsonObject } from '../read-json.js';
import { readNumber } from '../read-number.js';
import type { CallSearch, CarrierReply, FindOutcome } from './rest-types.js';

/** A call as a carrier lists it; what a stranger wrote into it is checked here. */
export interface ListedCall {
  readonly carrierCallId: unknown;
  readonly from: unknown;
  readonly to: unknown;
  readonly startedAt: unknown;
  readonly isOutbound: boolean;
}

/** `undefined`: no answer that one could read. */
export function readListing(reply: CarrierReply): JsonObject | undefined {
  if (reply === 'timeout' || reply.status < 200 || reply.status >= 300) return undefined;
  const body = readJson(reply.body);
  return isJsonObject(body) ? body : undefined;
}

/** Of several that it could be none is: taking the wrong one would end somebody else's call. */
export function onlyMatch(calls: readonly ListedCall[], search: CallSearch): FindOutcome {
  const between = calls.filter((call) => call.isOutbound && isBetween(call, search));
  const timed = between.map((call) => ({ call, atMs: timeOf(call.startedAt) }));
  // Without its time nobody knows whether it is this call or an older one.
  if (timed.some(({ atMs }) => Number.isNaN(atMs))) return { kind: 'unclear' };
  const { notBeforeMs, notAfterMs } = search;
  const [first, ...others] = timed.filter(({ atMs }) => atMs >= notBeforeMs && atMs <= notAfterMs);
  if (!first) return { kind: 'none' };
  const id = first.call.carrierCallId;
  if (others.length > 0 || !isCallId(id)) return { kind: 'unclear' };
  return { kind: 'found', carrierCallId: id, by: 'numbers' };
}

export const isCallId = (id: unknown): id is string =>
  typeof id === 'string' && id !== '' && id.length <= 512;

function isBetween(call: ListedCall, search: CallSearch): boolean {
  return isNumber(call.from, search.from) && isNumber(call.to, search.to);
}

const isNumber = (listed: unknown, wanted: string): boolean =>
  typeof listed === 'string' && readNumber(listed) === wanted;

/** A time without a zone is UTC with every carrier that writes one. */
function timeOf(text: unknown): number {
  if (typeof text !== 'string') return Number.NaN;
  const iso = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(.*)$/.exec(text);
  if (!iso) return Date.parse(text);
  const [, day = '', time = '', fraction = '', zone = ''] = iso;
  return Date.parse(`${day}T${time}${fraction.slice(0, 4)}${zone === '' ? 'Z' : zone}`);
}
