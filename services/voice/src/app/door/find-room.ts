import type { Admission, CallPlan } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import type { RequestContext } from '@trunkline/platform';
import type { CallDoor } from './call-door.js';
import type { OtherPods } from './other-pods.js';

export interface FindRoomParts {
  readonly door: CallDoor;
  readonly others: OtherPods;
}

/** Whoever asks waits for a caller: two pods that turn out to be full are an answer. */
const mostAsked = 2;

/** A place here, or where there is one: any pod may have been asked. */
export async function findRoom(
  { door, others }: FindRoomParts,
  plan: CallPlan,
  context: RequestContext,
): Promise<Admission> {
  try {
    return await door.reserve(plan, context);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'voice.no-room') throw error;
    const of = { tenant: context.principal.tenant, correlationId: context.correlationId };
    for (const pod of others.withRoom().slice(0, mostAsked)) {
      const admission = await others.reserve(pod, plan, of);
      if (admission !== null) return admission;
    }
    throw error;
  }
}
