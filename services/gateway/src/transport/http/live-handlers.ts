import { Readable } from 'node:stream';
import type { LiveEvent, liveRoutes } from '@trunkline/contracts';
import { isAppError, retry, sleep, type Clock } from '@trunkline/kernel';
import {
  AnswerAsEvents,
  type HttpContext,
  type Logger,
  type Requests,
  type RouteHandlers,
} from '@trunkline/platform';
import type { Authentication } from '../../app/authenticate.js';
import { liveCalls } from '../../app/live/live-calls.js';
import type { Joined, LiveHub } from '../../app/live/live-hub.js';
import type { Ending } from '../../app/live/live-reader.js';
import { credentialIn } from './credentials.js';
import { eventText, pingText } from './event-text.js';

export interface LiveParts {
  readonly hub: LiveHub;
  readonly requests: Requests;
  readonly authentication: Pick<Authentication, 'principalOf'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  readonly pingMs: number;
  readonly endings: { inc(labels: { readonly why: Ending }): void };
}

/** With what `authenticate` remembers, a revoked credential is noticed within 5 s. */
const RECHECK_MS = 2500;
/** For the last words: whoever does not take them in time is cut off. */
const GOODBYE_MS = 3000;
const patience = { attempts: 8, firstDelayMs: 100, maxDelayMs: 2000, jitter: 0.5 };

export function liveHandlers(parts: LiveParts): RouteHandlers<typeof liveRoutes> {
  return {
    followLive: async ({ query }, context) =>
      new AnswerAsEvents(await openStream(parts, context, query.callId)),
  };
}

/** One reader from its snapshot to its end. */
interface Following {
  readonly parts: LiveParts;
  readonly context: HttpContext;
  readonly callId: string | undefined;
  readonly joined: Joined;
  readonly ended: AbortSignal;
}

/** Listens before it asks what is live, so that nothing falls between the two. */
async function openStream(
  parts: LiveParts,
  context: HttpContext,
  callId: string | undefined,
): Promise<Readable> {
  const ended = new AbortController();
  let stream: Readable | undefined;
  const onEnding = (why: Ending): void => {
    parts.endings.inc({ why });
    ended.abort();
    if (why !== 'left') setTimeout(() => stream?.destroy(), GOODBYE_MS).unref();
  };
  const { tenant } = context.principal;
  const { 'last-event-id': given } = context.headers;
  const lastEventId = typeof given === 'string' && given !== '' ? given : undefined;
  const joined = parts.hub.join({ tenant, callId, lastEventId, onEnding });
  const following = { parts, context, callId, joined, ended: ended.signal };
  try {
    const firstId = joined.start === 'resumed' ? undefined : joined.room.lastId;
    const first = await snapshotOf(following);
    context.signal.throwIfAborted();
    stream = Readable.from(textOf(following, { id: firstId, event: first }));
    stream.once('close', joined.leave);
    // The stream itself only closes after its generator, which may wait for the next ping.
    context.signal.addEventListener('abort', joined.leave, { once: true });
    void watchCredential(following);
    return stream;
  } catch (error) {
    joined.leave();
    throw error;
  }
}

interface First {
  readonly id: string | undefined;
  readonly event: LiveEvent;
}

async function* textOf(following: Following, first: First): AsyncGenerator<string> {
  const { parts, joined } = following;
  const { reader, room, start } = joined;
  yield eventText(first.event, first.id);
  if (start === 'gap') yield eventText({ type: 'gap', at: now(parts) }, first.id);
  for (;;) {
    const step = await reader.next(parts.pingMs);
    if (step.do === 'ping') yield pingText(room.lastId);
    else if (step.do === 'tell') {
      const { entry } = step;
      yield eventText(entry, entry.id);
      if (entry.type === 'gap') yield* newSnapshot(following);
    } else {
      yield* lastWords(step.why, now(parts));
      return;
    }
  }
}

/** What was away a moment ago may still be coming back. */
async function* newSnapshot(following: Following): AsyncGenerator<string> {
  const { parts, ended } = following;
  let text: string;
  try {
    text = eventText(await retry({ ...patience, signal: ended }, () => snapshotOf(following)));
  } catch (error) {
    if (ended.aborted) return;
    parts.logger.warn('live.snapshot-failed', { error });
    throw error;
  }
  yield text;
}

function* lastWords(why: Ending, at: string): Generator<string> {
  if (why === 'overflow') yield eventText({ type: 'overflow', at });
  else if (why !== 'left') yield eventText({ type: 'bye', at, reason: why });
}

async function snapshotOf({ parts, context, callId }: Following): Promise<LiveEvent> {
  const { calls, isComplete } = await liveCalls(parts.requests, context, callId);
  return { type: 'snapshot', at: now(parts), calls: [...calls], isComplete };
}

/** Whoever is let in once is not let in for good. */
async function watchCredential(following: Following): Promise<void> {
  const { joined, ended: signal } = following;
  while (!signal.aborted) {
    await pause(RECHECK_MS, signal);
    if (!signal.aborted && !(await isStillLetIn(following))) joined.reader.end('credential');
  }
}

/** A database that is away is no reason to turn anybody out. */
async function isStillLetIn({ parts, context }: Following): Promise<boolean> {
  try {
    const { authorization } = context.headers;
    const { tenant } = await parts.authentication.principalOf(credentialIn(authorization));
    return tenant === context.principal.tenant;
  } catch (error) {
    if (isAppError(error) && /^(auth|tenant)\./.test(error.code)) return false;
    parts.logger.warn('live.recheck-failed', { error });
    return true;
  }
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function now({ clock }: LiveParts): string {
  return new Date(clock.nowMs()).toISOString();
}
