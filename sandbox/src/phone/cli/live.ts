import { setTimeout as delay } from 'node:timers/promises';
import type { PlatformClient } from './platform-client.js';
import { reasonOf } from './problem.js';

export type LiveEvent = Readonly<Record<string, unknown>>;

const RETRY_MS = 1_000;
const MAX_PENDING_CHARS = 1_000_000;

export interface Following {
  readonly platform: PlatformClient;
  readonly signal: AbortSignal;
  readonly onEvent: (event: LiveEvent) => void;
  readonly onTrouble: (what: string) => void;
}

/** `GET /v1/live` until the signal; comes back where it left off after a broken connection. */
export async function followLive(following: Following): Promise<void> {
  const { signal, onTrouble } = following;
  const place: Place = { lastId: undefined };
  while (!signal.aborted) {
    try {
      if (!(await followOnce(following, place))) return;
    } catch (error) {
      if (signal.aborted) return;
      onTrouble(`the live view broke off: ${reasonOf(error)}`);
    }
    await pause(signal);
  }
}

interface Place {
  lastId: string | undefined;
}

/** False: there is no live view. */
async function followOnce(following: Following, place: Place): Promise<boolean> {
  const { platform, signal, onEvent, onTrouble } = following;
  const response = await fetch(platform.url('/v1/live'), {
    headers: {
      accept: 'text/event-stream',
      authorization: platform.authorization,
      ...(place.lastId === undefined ? {} : { 'last-event-id': place.lastId }),
    },
    signal,
  });
  if (!response.ok || !response.body) {
    onTrouble(`the live view answered ${response.status}: the conversation is shown at the end`);
    return false;
  }
  for await (const { id, data } of eventsIn(response.body)) {
    place.lastId = id ?? place.lastId;
    const event = data === '' ? undefined : parsed(data);
    if (event) onEvent(event);
  }
  return true;
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await delay(RETRY_MS, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface ServerSentEvent {
  readonly id: string | undefined;
  readonly data: string;
}

/** Those without data too: a ping may hold an id to go on from. */
export async function* eventsIn(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of body) {
    pending += decoder.decode(chunk, { stream: true });
    const parts = pending.split(/\r?\n\r?\n/);
    pending = (parts.pop() ?? '').slice(-MAX_PENDING_CHARS);
    for (const part of parts) {
      yield eventIn(part);
    }
  }
}

function eventIn(text: string): ServerSentEvent {
  const lines = text.split(/\r?\n/);
  const field = (name: string): readonly string[] =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ''));
  return { id: field('id')[0], data: field('data').join('\n') };
}

function parsed(data: string): LiveEvent | undefined {
  try {
    const event: unknown = JSON.parse(data);
    return typeof event === 'object' && event !== null ? (event as LiveEvent) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
