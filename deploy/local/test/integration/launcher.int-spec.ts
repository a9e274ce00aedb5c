import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePorts } from '../../ports.ts';
import { findProcess } from '../../processes.ts';
import { findLeftovers, stopLeftovers } from '../../run-records.ts';
import { openSecrets } from '../../secrets.ts';
import { servers } from '../../servers/all.ts';
import type { Ports } from '../../settings.ts';
import { LauncherProcess, pidOf } from '../launcher-process.ts';

const names = servers.map((server) => server.name);
let dataDir: string;
let ports: Ports;
let running: LauncherProcess[] = [];

function launch(): LauncherProcess {
  const launcher = new LauncherProcess(dataDir, ports, ['servers']);
  running.push(launcher);
  return launcher;
}

async function roundTrips(): Promise<void> {
  const place = { dataDir, ports, secrets: openSecrets(dataDir, []), natsUsers: [] };
  await Promise.all(servers.map((server) => server.roundTrip(server.settings(place))));
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'launcher-'));
  ports = await freePorts();
});

afterEach(async () => {
  await Promise.all(running.map((launcher) => launcher.end('SIGKILL')));
  running = [];
  await stopLeftovers(dataDir, 3_000);
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

describe('the launcher', () => {
  it('starts four real servers and stops all of them', async () => {
    const launcher = launch();
    await launcher.says('ready;');
    await roundTrips();
    expect(findLeftovers(dataDir)).toHaveLength(names.length);

    expect(await launcher.end('SIGTERM')).toBe(0);
    expect(findLeftovers(dataDir)).toEqual([]);
  });

  it('reports and restarts a server that is killed', async () => {
    const launcher = launch();
    await launcher.says('ready;');
    const killed = names.map((name) => pidOf(dataDir, name));

    for (const pid of killed) process.kill(pid, 'SIGKILL');
    for (const name of names) await launcher.says(`${name} is back`);

    for (const name of names) {
      expect(launcher.output).toContain(`${name} ended (SIGKILL). The end of`);
      expect(killed).not.toContain(pidOf(dataDir, name));
    }
    await roundTrips();
  });

  it('finds what a killed launcher left, stops it and starts again on the same data', async () => {
    const first = launch();
    await first.says('ready;');
    const left = names.map((name) => pidOf(dataDir, name));
    await first.end('SIGKILL');
    expect(left.map((pid) => findProcess(pid)?.pid)).toEqual(left);

    const second = launch();
    await second.says('ready;');

    expect(second.output).toContain('stopped what a killed run had left');
    expect(left.map((pid) => findProcess(pid))).toEqual(left.map(() => undefined));
    await roundTrips();
  });

  it('moves with its data when a port changes', async () => {
    const first = launch();
    await first.says('ready;');
    expect(await first.end('SIGTERM')).toBe(0);

    ports = await freePorts();
    await launch().says('ready;');

    await roundTrips();
  });

  it('refuses a second launcher on the same data folder', async () => {
    await launch().says('ready;');

    const second = launch();

    expect(await second.exit()).toBe(1);
    expect(second.output).toContain(`Another run uses ${dataDir}`);
    await roundTrips();
  });
});

describe('a port that is taken', () => {
  const blocker = createServer();

  beforeAll(async () => {
    await new Promise<void>((settle) => blocker.listen(0, '127.0.0.1', settle));
  });

  afterAll(async () => {
    await new Promise<void>((settle) => blocker.close(() => settle()));
  });

  it('is reported in one line, before anything is started', async () => {
    const address = blocker.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    ports = { ...ports, REDIS_PORT: address.port };

    const launcher = launch();

    expect(await launcher.exit()).toBe(1);
    expect(launcher.output).toMatch(
      new RegExp(
        `^✖ Port ${address.port} is taken by .*\\(pid ${process.pid}\\): .*REDIS_PORT.*$`,
        'm',
      ),
    );
    expect(findLeftovers(dataDir)).toEqual([]);
  });
});
