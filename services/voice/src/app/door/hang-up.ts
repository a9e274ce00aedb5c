import type { RequestContext } from '@trunkline/platform';
import type { CallDoor } from './call-door.js';
import type { OtherPods } from './other-pods.js';
import type { CallWhereabouts } from './ports.js';

export interface HangUpParts {
  readonly door: CallDoor;
  readonly whereabouts: CallWhereabouts;
  readonly others: OtherPods;
}

const stopped = { reason: 'manual_stopped', side: 'platform' } as const;

/** Ends a live call wherever it runs. */
export async function hangUp(
  { door, others, whereabouts }: HangUpParts,
  callId: string,
  context: RequestContext,
): Promise<{ readonly found: boolean }> {
  const { tenant } = context.principal;
  if (door.endCall({ callId, tenant }, stopped)) return { found: true };
  const pod = await whereabouts.podOf({ tenant, callId });
  if (pod === null || pod === door.pod) return { found: false };
  return { found: await others.endCall(pod, { tenant, callId }, stopped) };
}
