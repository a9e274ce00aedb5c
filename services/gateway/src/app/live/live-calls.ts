import { callRequests, callSummary, type LiveEvent } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import type { RequestContext, Requests } from '@trunkline/platform';
import { z } from 'zod';

type Snapshot = Extract<LiveEvent, { readonly type: 'snapshot' }>;
type Shown = Pick<Snapshot, 'calls' | 'isComplete'>;

const MOST = '100';
const liveStates = ['live', 'reconnecting'] as const;
const summary = z.object(callSummary.shape);

/** The calls that are live now, or the one that is looked at. */
export async function liveCalls(
  requests: Requests,
  context: RequestContext,
  callId: string | undefined,
): Promise<Shown> {
  if (callId !== undefined) return oneLiveCall(requests, context, callId);
  const pages = await Promise.all(
    liveStates.map((status) => {
      const query = { status, limit: MOST };
      return requests.ask(callRequests.listCalls, { params: {}, query, body: null }, context);
    }),
  );
  return {
    calls: pages.flatMap(({ calls }) => calls),
    isComplete: pages.every(({ nextCursor }) => nextCursor === null),
  };
}

/** One may look at a call before it begins. */
async function oneLiveCall(
  requests: Requests,
  context: RequestContext,
  callId: string,
): Promise<Shown> {
  try {
    const asked = { params: { callId }, query: {}, body: null };
    const call = summary.parse(await requests.ask(callRequests.getCall, asked, context));
    const isLive = liveStates.some((state) => state === call.status);
    return { calls: isLive ? [call] : [], isComplete: true };
  } catch (error) {
    if (isAppError(error) && error.code === 'request.not-found') {
      return { calls: [], isComplete: true };
    }
    throw error;
  }
}
