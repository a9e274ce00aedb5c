const { TestEnvironment } = require('jest-environment-node');

// onnxruntime and node:crypto check `instanceof` against the outer realm's typed arrays.
const OUTER_REALM_TYPES = [
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of OUTER_REALM_TYPES) this.global[name] = globalThis[name];
  }
};
