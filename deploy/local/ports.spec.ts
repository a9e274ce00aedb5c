import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Failure } from './failure.ts';
import { isFree, portBlock, portsOfBlock, refuseTakenPorts, withGrpc } from './ports.ts';

let taken: Server | undefined;

async function takeAPort(): Promise<number> {
  const server = createServer();
  taken = server;
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  await new Promise<void>((settle) => (taken ? taken.close(() => settle()) : settle()));
  taken = undefined;
});

describe('ports', () => {
  it('gives every listener of a block a port of its own, gRPC twins included', () => {
    const all = portsOfBlock(portBlock(12_000));
    // Twelve settings, three more internal S3 ports, and the twins of the five S3 ports.
    expect(all).toHaveLength(12 + 3 + 5);
    expect(all).toEqual(expect.arrayContaining(withGrpc([portBlock(12_000).S3_PORT])));
    // The kernel hands ports from 32768 on to outgoing connections.
    expect(Math.max(...portsOfBlock(portBlock(21_999)))).toBeLessThan(32_768);
  });

  it('sees that a port is taken', async () => {
    const port = await takeAPort();
    await expect(isFree(port)).resolves.toBe(false);
  });

  it('says who holds a taken port and which setting moves it', async () => {
    const port = await takeAPort();
    const refusal = refuseTakenPorts([{ port, setting: 'NATS_PORT' }]);
    await expect(refusal).rejects.toBeInstanceOf(Failure);
    await expect(refusal).rejects.toThrow(
      new RegExp(`Port ${port} is taken by .*\\(pid ${process.pid}\\).*NATS_PORT`),
    );
  });
});
