import { createServer, type AddressInfo, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { S3ObjectStore, type S3Settings } from '@trunkline/platform';
import { objectStoreContract } from '@trunkline/testing/contracts';

const settings: S3Settings = {
  endpoint: process.env['S3_ENDPOINT'] ?? '',
  region: process.env['S3_REGION'] ?? 'us-east-1',
  accessKey: process.env['S3_ACCESS_KEY'] ?? '',
  secretKey: process.env['S3_SECRET_KEY'] ?? '',
};

objectStoreContract('S3', async () => ({
  store: new S3ObjectStore(settings),
  bucket: `test-${randomUUID()}`,
}));

describe('S3ObjectStore and the world', () => {
  const key = { bucket: `test-${randomUUID()}`, name: 'x' };

  it('says that a wrong secret will not work later either', async () => {
    const store = new S3ObjectStore({ ...settings, secretKey: 'wrong-secret-wrong-secret' });
    const putting = store.put(key, new Uint8Array(1), { contentType: 'text/plain' });
    await expect(putting).rejects.toMatchObject({ code: 'store.unavailable', retryable: false });
  });

  it('refuses a presigned URL that was changed', async () => {
    const bucket = `test-${randomUUID()}`;
    const store = new S3ObjectStore(settings);
    await store.ensureBuckets([bucket]);
    await store.put({ bucket, name: 'mine' }, new Uint8Array(1), { contentType: 'text/plain' });
    const url = await store.presignGet({ bucket, name: 'mine' }, 60_000);
    expect((await fetch(url.replace('/mine', '/yours'))).status).toBe(403);
    expect((await fetch(url.split('?')[0] ?? '')).status).toBe(403);
    await store.remove({ bucket, name: 'mine' });
  });

  it('lets two replicas create a bucket at once', async () => {
    const bucket = `test-${randomUUID()}`;
    const stores = [new S3ObjectStore(settings), new S3ObjectStore(settings)];
    await Promise.all(stores.map((store) => store.ensureBuckets([bucket])));
    await expect(stores[0]?.stat({ bucket, name: 'none' })).resolves.toBeUndefined();
  });

  it('fails at its limit when the server never answers, and at once when there is none', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const store = new S3ObjectStore({
      ...settings,
      endpoint: `http://127.0.0.1:${port}`,
      limitMs: 50,
    });
    const fault = { code: 'store.unavailable', retryable: true };
    await expect(store.get(key)).rejects.toMatchObject(fault);
    await expect(store.ping(AbortSignal.abort('leaving'))).rejects.toBe('leaving');
    for (const socket of sockets) socket.destroy();
    silent.close();
    await once(silent, 'close');
    await expect(store.get(key)).rejects.toMatchObject(fault);
  });
});
