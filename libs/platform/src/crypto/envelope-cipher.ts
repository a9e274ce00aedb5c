import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '@trunkline/kernel';
import { KEY_BYTES, keyId, type KeyRing } from './key-ring.js';

/** A tenant's data key, wrapped: safe to store, worthless without the master key. */
export interface WrappedDataKey {
  readonly tenant: string;
  /** Of the data key itself; it stays the same when the master key changes. */
  readonly kid: string;
  readonly masterKid: string;
  readonly wrapped: string;
}

/** Where a ciphertext lives. Moved anywhere else it no longer opens. */
export interface FieldAddress {
  readonly tenant: string;
  readonly collection: string;
  readonly documentId: string;
  readonly field: string;
}

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Envelope encryption: master key → data key per tenant → AES-256-GCM per field, with the
 * address as associated data. Rotating the master key rewraps data keys and touches no field.
 */
export class EnvelopeCipher {
  readonly #keys: KeyRing;

  constructor(keys: KeyRing) {
    this.#keys = keys;
  }

  createDataKey(tenant: string): WrappedDataKey {
    const dataKey = randomBytes(KEY_BYTES);
    return this.#wrap(tenant, dataKey);
  }

  /** The same data key under the newest master key; itself when it is there already. */
  rewrap(dataKey: WrappedDataKey): WrappedDataKey {
    if (dataKey.masterKid === this.#keys.newest.kid) return dataKey;
    return this.#wrap(dataKey.tenant, this.#unwrap(dataKey));
  }

  encrypt(dataKey: WrappedDataKey, address: FieldAddress, plaintext: string): string {
    assertSameTenant(dataKey, address);
    const sealed = seal(this.#unwrap(dataKey), fieldContext(address, dataKey.kid), plaintext);
    return `${VERSION}.${dataKey.kid}.${sealed}`;
  }

  decrypt(dataKey: WrappedDataKey, address: FieldAddress, ciphertext: string): string {
    assertSameTenant(dataKey, address);
    const [version, kid, sealed, ...rest] = ciphertext.split('.');
    const isOurs = version === VERSION && kid === dataKey.kid && sealed !== undefined;
    if (!isOurs || rest.length > 0) throw unreadable();
    return open(this.#unwrap(dataKey), fieldContext(address, kid), sealed).toString('utf8');
  }

  /** A key of its own for one purpose: the same for ever, and it says nothing about the data key. */
  derive(dataKey: WrappedDataKey, purpose: string): Buffer {
    const info = Buffer.from(`trunkline:${dataKey.tenant}:${purpose}`);
    return Buffer.from(hkdfSync('sha256', this.#unwrap(dataKey), '', info, KEY_BYTES));
  }

  #wrap(tenant: string, dataKey: Uint8Array): WrappedDataKey {
    const { kid: masterKid, key } = this.#keys.newest;
    const kid = keyId(dataKey);
    const wrapped = seal(key, wrapContext(tenant, kid, masterKid), dataKey);
    return { tenant, kid, masterKid, wrapped };
  }

  #unwrap(dataKey: WrappedDataKey): Buffer {
    const { tenant, kid, masterKid, wrapped } = dataKey;
    return open(this.#keys.byKid(masterKid).key, wrapContext(tenant, kid, masterKid), wrapped);
  }
}

function seal(key: Uint8Array, context: string, plaintext: string | Uint8Array): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(context));
  const body = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext;
  const sealed = Buffer.concat([iv, cipher.update(body), cipher.final(), cipher.getAuthTag()]);
  return sealed.toString('base64url');
}

function open(key: Uint8Array, context: string, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.byteLength < IV_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) {
    throw unreadable();
  }
  const tagAt = bytes.byteLength - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, tagAt)), decipher.final()]);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function fieldContext(address: FieldAddress, kid: string): string {
  const { tenant, collection, documentId, field } = address;
  return contextOf([VERSION, tenant, collection, documentId, field, kid]);
}

function wrapContext(tenant: string, kid: string, masterKid: string): string {
  return contextOf([VERSION, tenant, 'datakey', kid, 'key', masterKid]);
}

/** A `|` inside a part would let two addresses read the same. */
function contextOf(parts: readonly string[]): string {
  if (parts.some((part) => part === '' || part.includes('|'))) {
    throw new TypeError('A part of a ciphertext address is empty or holds a |');
  }
  return parts.join('|');
}

function assertSameTenant(dataKey: WrappedDataKey, address: FieldAddress): void {
  if (dataKey.tenant !== address.tenant) throw unreadable();
}

function unreadable(cause?: unknown): AppError {
  return new AppError('crypto.unreadable', cause === undefined ? {} : { cause });
}
