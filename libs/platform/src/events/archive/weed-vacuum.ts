import type { Clock } from '@trunkline/kernel';
import { z } from 'zod';
import type { RollingCopy } from './forgetter.js';

/** SeaweedFS notes a deletion some seconds late: a vacuum before that frees nothing. */
const SETTLED_MS = 60_000;
/** The least that it takes; 0 would mean its own 30 %. */
const ANY_GARBAGE = '0.000000001';
const LIMIT_MS = 5 * 60_000;

const volume = z.object({
  Id: z.int(),
  DeletedByteCount: z.int(),
  CompactRevision: z.int(),
});
type Volume = z.output<typeof volume>;

/** By data centre, rack and volume server. */
const status = z.object({
  Volumes: z.object({
    DataCenters: z.record(
      z.string(),
      z.record(z.string(), z.record(z.string(), z.array(volume).nullable())),
    ),
  }),
});

/**
 * The bytes of deleted objects in a SeaweedFS: gone when its master says that every volume with
 * deleted bytes was written anew since. It is asked to do so, too. Without an address it is
 * another store.
 */
export function vacuumedBy(masterUrl: string, clock: Clock): RollingCopy | undefined {
  if (masterUrl === '') return undefined;
  const master = masterUrl.replace(/\/+$/, '');
  return {
    name: 'object store vacuum',
    hasRolled: async (sinceMs) => {
      if (clock.nowMs() - sinceMs < SETTLED_MS) return false;
      try {
        return await isVacuumed(master);
      } catch {
        // Nobody has said that it is done: the next pass asks again, and says what it waits for.
        return false;
      }
    },
  };
}

async function isVacuumed(master: string): Promise<boolean> {
  const dirty = (await volumesOf(master)).filter(hasGarbage);
  if (dirty.length === 0) return true;
  await (await ask(`${master}/vol/vacuum?garbageThreshold=${ANY_GARBAGE}`)).body?.cancel();
  return areWrittenAnew(dirty, await volumesOf(master));
}

type Placed = Volume & { readonly server: string };

/** A busy store has new garbage at once; what counts is that the old was left behind. */
function areWrittenAnew(before: readonly Placed[], after: readonly Placed[]): boolean {
  return before.every((old) => {
    const now = after.find(({ Id, server }) => Id === old.Id && server === old.server);
    return !now || !hasGarbage(now) || now.CompactRevision > old.CompactRevision;
  });
}

async function volumesOf(master: string): Promise<Placed[]> {
  const { Volumes } = status.parse(await (await ask(`${master}/vol/status`)).json());
  return Object.values(Volumes.DataCenters)
    .flatMap((racks) => Object.values(racks))
    .flatMap((servers) => Object.entries(servers))
    .flatMap(([server, volumes]) => (volumes ?? []).map((one) => ({ ...one, server })));
}

async function ask(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
  if (response.ok) return response;
  await response.body?.cancel();
  throw new Error(`the object store's master answered ${response.status}`);
}

function hasGarbage({ DeletedByteCount }: Volume): boolean {
  return DeletedByteCount > 0;
}
