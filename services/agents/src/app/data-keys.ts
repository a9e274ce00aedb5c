import { refOf, type By } from './by.js';
import type { EnvelopeCipher, EventStore, FieldAddress, WrappedDataKey } from '@trunkline/platform';
import { handleCommand, stateOf } from '@trunkline/platform';
import type { AggregateRef } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { datakeyDecider, type DatakeyCommand, type DatakeyState } from '../domain/datakey.js';

const MAX_KNOWN = 1000;

/** The tenants' data keys, wrapped; made on first use, rewrapped when there is a newer master. */
export class DataKeys {
  readonly #store: EventStore;
  readonly #cipher: EnvelopeCipher;
  readonly #known = new Map<string, WrappedDataKey>();

  constructor(store: EventStore, cipher: EnvelopeCipher) {
    this.#store = store;
    this.#cipher = cipher;
  }

  async seal(by: By, address: SecretAddress, secret: string): Promise<string> {
    const key = await this.#keyOf(by);
    return this.#cipher.encrypt(key, fieldAddress(by, address), secret);
  }

  /** Rejects with `crypto.unreadable` when the ciphertext was made for another place. */
  async open(by: By, address: SecretAddress, sealed: string): Promise<string> {
    const key = await this.#keyOf(by);
    return this.#cipher.decrypt(key, fieldAddress(by, address), sealed);
  }

  /** A secret of the tenant's that is stored nowhere. */
  async derive(by: By, purpose: string): Promise<Buffer> {
    return this.#cipher.derive(await this.#keyOf(by), purpose);
  }

  async #keyOf(by: By): Promise<WrappedDataKey> {
    const known = this.#known.get(by.tenant);
    if (known) return known;
    const found = await this.#find(by);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(by.tenant, found);
    return found;
  }

  async #find(by: By): Promise<WrappedDataKey> {
    const { tenant } = by;
    const ref = refOf(by, 'datakey', tenant);
    const { key } = await this.#read(ref, by);
    if (!key) {
      const { tenant: _own, ...made } = this.#cipher.createDataKey(tenant);
      const state = await this.#decide(ref, by, { do: 'create', key: made });
      return keyIn(state, tenant);
    }
    const { tenant: _own, ...newest } = this.#cipher.rewrap({ ...key, tenant });
    if (newest.masterKid === key.masterKid) return { ...key, tenant };
    const state = await this.#decide(ref, by, { do: 'rewrap', key: newest });
    return keyIn(state, tenant);
  }

  async #read(ref: AggregateRef, by: By): Promise<DatakeyState> {
    const history = await this.#store.load(ref, { signal: by.origin.signal });
    return stateOf(datakeyDecider, history);
  }

  async #decide(ref: AggregateRef, by: By, command: DatakeyCommand): Promise<DatakeyState> {
    const handled = await handleCommand(this.#store, datakeyDecider, {
      ...by.origin,
      actor: { kind: 'service', id: 'agents' },
      ref,
      command,
    });
    return handled.state;
  }
}

export interface SecretAddress {
  readonly aggregate: 'credential' | 'carrier-account';
  readonly id: string;
  readonly provider: string;
  readonly field: string;
}

/** Row V4: tenant, provider and field are part of what is authenticated. */
function fieldAddress(by: By, address: SecretAddress): FieldAddress {
  const { aggregate, id, provider, field } = address;
  return {
    tenant: by.tenant,
    collection: aggregate,
    documentId: id,
    field: `${provider}:${field}`,
  };
}

function keyIn(state: DatakeyState, tenant: string): WrappedDataKey {
  if (!state.key) throw new AppError('internal');
  return { ...state.key, tenant };
}
