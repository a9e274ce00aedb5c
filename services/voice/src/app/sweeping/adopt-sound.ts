import type { Logger, ObjectStore } from '@trunkline/platform';
import type { FactWriter } from '../facts/fact-writer.js';
import type { Spool } from '../recording/ports.js';
import type { Deposit, RecordingVault } from '../recording/recording-vault.js';
import { segmentSound } from '../recording/segment-sound.js';
import { soundOf } from '../recording/sound.js';
import type { OpenCall } from './ports.js';

export interface AdoptParts {
  readonly objects: ObjectStore;
  readonly vault: RecordingVault;
  readonly logger: Logger;
}

export type Remnant = Pick<Deposit, 'sound' | 'truncated' | 'forget'>;

/** The pod's own spool has everything; its segments all but the last half minute. */
export async function findSound(
  { objects }: AdoptParts,
  { tenant, callId }: Pick<OpenCall, 'tenant' | 'callId'>,
  spool: Spool,
): Promise<Remnant | undefined> {
  const name = `${tenant}.${callId}`;
  if ((await spool.names()).includes(name)) {
    const file = await spool.open(name);
    const sound = await soundOf(file);
    const forget = async (): Promise<void> => {
      await file.close();
      await spool.remove(name);
    };
    if (sound && sound.ticks > 0) return { sound, truncated: false, forget };
    await forget();
  }
  const sound = await segmentSound(objects, { tenant, callId });
  return sound && { sound, truncated: true, forget: () => Promise.resolve() };
}

/** Goes on in the vault for as long as the store is away. */
export function adopt(
  { vault, logger }: AdoptParts,
  { callId }: Pick<OpenCall, 'callId'>,
  given: { readonly remnant: Remnant; readonly facts: FactWriter },
): Promise<void> {
  return vault.deposit({ ...given.remnant, facts: given.facts, by: 'sweeper' }).then(
    () => logger.info('sweep.recording-stored', { callId }),
    (error: unknown) => logger.warn('sweep.recording-waits', { callId, error }),
  );
}
