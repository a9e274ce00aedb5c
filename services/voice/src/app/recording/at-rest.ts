import type { ObjectStore } from '@trunkline/platform';
import { RECORDINGS_BUCKET, SPOOL_BUCKET } from '../../domain/recording/recording-keys.js';

const encrypted = { 'x-amz-server-side-encryption': 'AES256' } as const;
const probe = { bucket: RECORDINGS_BUCKET, name: '.encryption-probe' };
const known = new WeakMap<ObjectStore, Readonly<Record<string, string>>>();

/**
 * What to ask the store for with every object; its buckets are there afterwards. Asked when it is
 * needed, so that a pod starts without a store. Row O19: a store without keys refuses the header, and then the
 * disks have to be encrypted.
 */
export async function atRest(objects: ObjectStore): Promise<Readonly<Record<string, string>>> {
  const found = known.get(objects);
  if (found) return found;
  await objects.ensureBuckets([RECORDINGS_BUCKET, SPOOL_BUCKET]);
  const answer = (await takes(objects, encrypted)) ? encrypted : {};
  // Whoever takes nothing at all is away, and has said nothing about encryption.
  if (answer === encrypted || (await takes(objects, {}))) known.set(objects, answer);
  return answer;
}

async function takes(
  objects: ObjectStore,
  metadata: Readonly<Record<string, string>>,
): Promise<boolean> {
  try {
    await objects.put(probe, new Uint8Array(1), { contentType: 'text/plain', metadata });
    return true;
  } catch {
    return false;
  }
}
