import type { WhenNoRoom } from '@trunkline/contracts';
import type { CampaignsApp } from './campaigns-app.js';
import { hangUpLeg } from './hang-up.js';
import type { OpenLine } from './ports.js';
import { onceAnswered } from './start-stream.js';

/** Nobody of ours is on it any more. */
const FORWARDED_LIMIT_SECONDS = 3600;

export interface UnwantedLeg {
  readonly callId: string;
  readonly carrierCallId: string;
  /** Which number was called. */
  readonly number: string | null;
  readonly whenNoRoom: WhenNoRoom;
}

/** A call that nobody can take, where the carrier has to be told each step. */
export async function turnAway(app: CampaignsApp, line: OpenLine, leg: UnwantedLeg): Promise<void> {
  const { callId, carrierCallId, number, whenNoRoom } = leg;
  const named = (what: string) => ({ carrierCallId, commandId: `${what}-${callId}` });
  if (whenNoRoom === null || number === null) {
    await app.lines.reject(line, named('reject'));
    return;
  }
  if ((await app.lines.answer(line, named('answer'))).kind === 'gone') return;
  const refused = await onceAnswered(() => {
    if (whenNoRoom.do === 'say') return app.lines.speak(line, named('speak'), whenNoRoom);
    const timeLimitSeconds = FORWARDED_LIMIT_SECONDS;
    const { to } = whenNoRoom;
    return app.lines.forward(line, named('forward'), { to, callerId: number, timeLimitSeconds });
  });
  if (refused === undefined) return;
  app.logger.warn('call.not-turned-away', { callId, reason: refused });
  await hangUpLeg(app, line, carrierCallId);
}
