import type { Envelope, KeyKind, Scope } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { derivedId, newId, stateOf } from '@trunkline/platform';
import { apiKey, type ApiKeyState } from '../domain/api-key.js';
import { writeKey } from '../domain/key-text.js';
import { apiKeys, type ApiKeyDocument } from '../views/api-keys.js';
import { apiKeyRef, type By } from './by.js';
import { demandSameSecret, sha256Hex } from './digest.js';
import { fromLog } from './from-log.js';
import type { Identity } from './identity.js';

export interface NewKey {
  readonly tenant: string;
  readonly name: string;
  readonly kind: KeyKind;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
}

export interface IssuedKey {
  readonly id: string;
  readonly text: string;
  readonly event: Envelope;
}

/** A repeated request derives the same id and the same secret, and so answers the same key. */
export async function issueKey(deps: Identity, request: NewKey, by: By): Promise<IssuedKey> {
  const { tenant, ...rest } = request;
  const id = derivedId(['apikey', tenant, by.idempotency?.id ?? newId()]).slice(0, 16);
  const text = keyText(deps, { tenant, kind: rest.kind, id, generation: 1 });
  const event = await deps.facts.create(apiKey, {
    ref: apiKeyRef(tenant, id),
    command: { type: 'issue', ...rest, ...stored(text), nowMs: deps.clock.nowMs() },
    by,
  });
  demandSameSecret(event.data['keyHash'], text);
  return { id, text, event };
}

export interface RotatedKey {
  readonly document: ApiKeyDocument;
  readonly text: string;
}

export async function rotateKey(
  deps: Identity,
  request: { readonly tenant: string; readonly id: string; readonly overlapMs: number },
  by: By,
): Promise<RotatedKey> {
  const { tenant, id, overlapMs } = request;
  const ref = apiKeyRef(tenant, id);
  const history = await deps.facts.history(ref);
  const state = stateOf(apiKey, { events: history });
  if (state.status === 'none') throw new AppError('request.not-found');
  const generation = repeatedGeneration(history, by) ?? state.generation + 1;
  const text = keyText(deps, { tenant, kind: state.kind, id, generation });
  if (generation === state.generation + 1) {
    const previousUntil = new Date(deps.clock.nowMs() + overlapMs).toISOString();
    const command = { type: 'rotate', generation, previousUntil, ...stored(text) } as const;
    await deps.facts.change(apiKey, { ref, command, by });
  }
  const document = await fromLog(deps, apiKeys, ref);
  if (!document) throw new AppError('state.conflict');
  demandSameSecret(document.keyHash, text);
  return { document, text };
}

export async function revokeKey(
  deps: Identity,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  by: By,
): Promise<void> {
  const ref = apiKeyRef(tenant, id);
  await deps.facts.change(apiKey, { ref, command: { type: 'revoke' }, by });
}

/** The rotation this very request made before its answer was lost. */
function repeatedGeneration(history: readonly Envelope[], by: By): number | undefined {
  if (!by.idempotency) return undefined;
  const { fingerprint } = by.idempotency;
  const made = history.find(
    (event) => event.type === 'apikey.rotated' && event.causationId === fingerprint,
  );
  return made && Number(made.data['generation']);
}

interface KeyPlace {
  readonly tenant: string;
  readonly kind: ApiKeyState['kind'];
  readonly id: string;
  readonly generation: number;
}

function keyText(deps: Identity, place: KeyPlace): string {
  const { tenant, kind, id, generation } = place;
  return writeKey(kind, id, deps.secrets.derive(`apikey ${tenant} ${id} ${generation}`));
}

function stored(text: string): { readonly keyHash: string; readonly lastFour: string } {
  return { keyHash: sha256Hex(text), lastFour: text.slice(-4) };
}
