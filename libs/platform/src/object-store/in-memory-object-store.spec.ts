import { objectStoreContract } from '@trunkline/testing/contracts';
import { InMemoryObjectStore } from './in-memory-object-store.js';

objectStoreContract('in memory', async () => ({
  store: new InMemoryObjectStore(),
  bucket: 'test-bucket',
}));
