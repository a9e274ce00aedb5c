import { benchAppends } from './appends.js';
import { benchProjector } from './projector.js';
import { benchRoundTrip } from './round-trip.js';
import { benchScale } from './scale.js';

/** `npm run bench -- log [--quick]`: the log beside bare JetStream, in the same process. */
export async function benchLog(args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick');
  const only = args.find((one) => !one.startsWith('--'));
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    appends: () => benchAppends(quick),
    projector: () => benchProjector(quick),
    roundtrip: () => benchRoundTrip(quick),
    scale: () => benchScale(quick),
  };
  for (const [name, run] of Object.entries(parts)) {
    if (only === undefined || only === name) await run();
  }
}
