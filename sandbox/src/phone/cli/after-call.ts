import { setTimeout as delay } from 'node:timers/promises';
import { describe, latencyTable, type TurnFigures } from './describe.js';
import type { LoggedEvent } from './expectations.js';
import type { PlatformClient } from './platform-client.js';
import type { Screen } from './screen.js';

/** Read models follow the log; a recording is stored after the end. */
const PATIENCE_MS = 15_000;
const EVERY_MS = 250;
/** The list knows the caller's number, the live view only the agent; it may lag so far behind. */
const LIST_LAG_MS = 3_000;

export interface KnownCall {
  readonly id: string;
  readonly events: readonly LoggedEvent[];
}

/** The call's own log, once it says that the call has ended. */
export async function logOf(platform: PlatformClient, id: string): Promise<KnownCall | undefined> {
  const path = `/v1/calls/${encodeURIComponent(id)}/events`;
  const untilMs = Date.now() + PATIENCE_MS;
  let events: readonly LoggedEvent[] = [];
  while (Date.now() < untilMs) {
    const answer = await platform.find(path);
    events = (answer?.['events'] ?? []) as readonly LoggedEvent[];
    if (events.some(({ type }) => type === 'call.ended')) return { id, events };
    await delay(EVERY_MS);
  }
  return events.length > 0 ? { id, events } : undefined;
}

interface ListedCall {
  readonly id: string;
  readonly createdAt: string;
  readonly from: string | null;
}

export interface SoughtCall {
  readonly agent: string;
  readonly from: string;
  readonly sinceMs: number;
  /** What the live view took it to be. */
  readonly callId: () => string | undefined;
}

/** Which call it was: the newest from this number, or what the live view took it to be. */
export async function findCall(
  platform: PlatformClient,
  of: SoughtCall,
): Promise<string | undefined> {
  const beganMs = Date.now();
  while (Date.now() < beganMs + PATIENCE_MS) {
    const named = of.callId();
    const isListLate = Date.now() > beganMs + LIST_LAG_MS;
    if (named !== undefined && isListLate) return named;
    const answer = await platform.find(`/v1/calls?limit=20&agent=${encodeURIComponent(of.agent)}`);
    const calls = (answer?.['calls'] ?? []) as readonly ListedCall[];
    const found = calls.find(
      ({ from, createdAt }) =>
        from === of.from && Date.parse(createdAt) >= of.sinceMs - PATIENCE_MS,
    );
    if (found) return found.id;
    await delay(EVERY_MS);
  }
  return undefined;
}

export async function printLog(
  platform: PlatformClient,
  call: KnownCall,
  screen: Screen,
): Promise<void> {
  screen.line('call', { id: call.id }, `\nlog of call ${call.id}`);
  for (const { v, type, at, data } of call.events) {
    const { who, what } = describe(type, data);
    const line = `  ${String(v).padStart(3)}  ${at.slice(11, 23)}  ${type.padEnd(24)} ${who} ${what}`;
    screen.line('event', { v, type, at, data }, line);
  }
  const known = await platform.find(`/v1/calls/${encodeURIComponent(call.id)}`);
  const turns = (known?.['turns'] ?? []) as readonly TurnFigures[];
  const table = ['\nms from the end of the caller’s speech', ...latencyTable(turns)];
  screen.line('latency', { turns }, table.join('\n'));
}

const unknownYet: Readonly<Record<string, unknown>> = { status: 'pending' };

export async function printRecording(
  platform: PlatformClient,
  id: string,
  screen: Screen,
): Promise<void> {
  const path = `/v1/calls/${encodeURIComponent(id)}/recording`;
  const untilMs = Date.now() + PATIENCE_MS;
  let answer = (await platform.find(path)) ?? unknownYet;
  while (answer['status'] === 'pending' && Date.now() < untilMs) {
    await delay(EVERY_MS);
    answer = (await platform.find(path)) ?? unknownYet;
  }
  const status = String(answer['status']);
  const where = answer['stereo'] ?? answer['mono'];
  const words = typeof where === 'string' ? `${status}, ${where}` : status;
  screen.line('recording', { status, where: where ?? null }, `\nrecording: ${words}`);
}
