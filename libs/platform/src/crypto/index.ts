export * from './envelope-cipher.js';
export { deriveSecret, keyId, KeyRing, loadKeyRing, type MasterKey } from './key-ring.js';
