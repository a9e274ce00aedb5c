import { spreadOf } from '../figures.js';
import { ms } from '../table.js';
import { letThemCall, type CallerOrder, type Clear } from './callers.js';
import type { StandIns, Stamp } from './stand-ins.js';

const BAR_MS = 10;

/** What the hearing's stand-in needs before it says that somebody speaks is not our time. */
export async function measureInterruptions(order: CallerOrder, standIns: StandIns): Promise<void> {
  await standIns.stamps();
  const { clears } = await letThemCall(order);
  const started = (await standIns.stamps()).filter(({ kind }) => kind === 'stt-speech-started');
  const whole = spreadOf(clears.map(({ speechToClearMs }) => speechToClearMs));
  const ours = clears.flatMap((clear) => sinceHeard(clear, started));
  const { p50, p95 } = spreadOf(ours);
  console.log(
    `caller speech → clear: p50 ${ms(whole.p50)}, p95 ${ms(whole.p95)} ` +
      `over ${clears.length} interruptions; after the hearing's own event: ` +
      `p50 ${ms(p50)}, p95 ${ms(p95)} over ${ours.length} ` +
      `(bar ${BAR_MS} ms: ${p95 <= BAR_MS ? 'met' : 'missed'})`,
  );
}

/** Nothing where several callers began at once: whose event it was is not known. */
function sinceHeard({ epochMs, speechToClearMs }: Clear, started: readonly Stamp[]): number[] {
  const within = started.filter(
    (stamp) => stamp.epochMs >= epochMs - speechToClearMs && stamp.epochMs <= epochMs,
  );
  return within.length === 1 ? within.map((stamp) => epochMs - stamp.epochMs) : [];
}
