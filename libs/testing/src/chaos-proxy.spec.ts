import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ChaosProxy } from './chaos-proxy.js';
import { eventually } from './eventually.js';

let echo: Server;
let proxy: ChaosProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => socket.pipe(socket).on('error', () => socket.destroy()));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await ChaosProxy.before(`tcp://127.0.0.1:${(echo.address() as AddressInfo).port}`);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.stop();
  echo.close();
});

interface Client {
  readonly socket: Socket;
  /** What came back, as one text. */
  heard(): string;
}

async function open(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  let heard = '';
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
  await once(socket, 'connect');
  return { socket, heard: () => heard };
}

async function heardBack(client: Client, text: string): Promise<void> {
  client.socket.write(text);
  await eventually(() => client.heard().endsWith(text));
}

describe('a server behind a proxy', () => {
  it('is away for old and new connections, and comes back at its address', async () => {
    const { port } = proxy;
    const before = await open();
    await heardBack(before, 'one');
    before.socket.on('error', () => before.socket.destroy());
    await proxy.leave();
    await eventually(() => before.socket.destroyed);
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.comeBack();
    expect(proxy.port).toBe(port);
    await heardBack(await open(), 'two');
  });

  it('says nothing while it is frozen, to old and new connections, and then everything', async () => {
    const before = await open();
    await heardBack(before, 'one');
    proxy.freeze();
    const during = await open();
    before.socket.write('two');
    during.socket.write('three');
    // Another server answers meanwhile, so that there was time for an answer.
    const other = await ChaosProxy.before(
      `tcp://127.0.0.1:${(echo.address() as AddressInfo).port}`,
    );
    const control = connect(other.port, '127.0.0.1');
    control.write('control');
    await once(control, 'data');
    expect([before.heard(), during.heard()]).toEqual(['one', '']);
    proxy.thaw();
    await eventually(() => before.heard() === 'onetwo' && during.heard() === 'three');
    control.destroy();
    await other.stop();
  });
});
