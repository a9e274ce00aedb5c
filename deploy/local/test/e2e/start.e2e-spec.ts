import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readRunning } from '../../board.ts';
import { runningLauncher } from '../../data-folder.ts';
import { freePorts, isFree, portsOfBlock } from '../../ports.ts';
import { findLeftovers, readRecords, stopLeftovers } from '../../run-records.ts';
import { servers } from '../../servers/all.ts';
import { builtServices } from '../../services.ts';
import type { Env, Ports } from '../../settings.ts';
import { LauncherProcess } from '../launcher-process.ts';

const ready = 'Ctrl-C stops everything';
const patienceMs = 120_000;

interface Demo {
  readonly email: string;
  readonly password: string;
  readonly tenant: string;
  readonly apiKey: string;
}

let dataDir: string;
let ports: Ports;
const launchers: LauncherProcess[] = [];

function npmStart(args: readonly string[] = [], more: Env = {}): LauncherProcess {
  const launcher = new LauncherProcess(dataDir, ports, ['start', ...args], more);
  launchers.push(launcher);
  return launcher;
}

/** What a person copies from the board. */
function demoOn(board: string): Demo {
  const login = /^ {2}Login {5}(\S+) {2}(\S+) {2}\(tenant (\w+)\)$/m.exec(board);
  const apiKey = /^ {2}API key {3}(\S+)$/m.exec(board)?.[1];
  if (!login || !apiKey) throw new Error(`no demo login or key on the board:\n${board}`);
  const [, email = '', password = '', tenant = ''] = login;
  return { email, password, tenant, apiKey };
}

function gateway(path: string, init: RequestInit = {}): Promise<Response> {
  const signal = AbortSignal.timeout(10_000);
  return fetch(`http://127.0.0.1:${ports.GATEWAY_PORT}${path}`, { ...init, signal });
}

async function agentsWith(apiKey: string): Promise<number> {
  const answer = await gateway('/v1/agents', { headers: { authorization: `Bearer ${apiKey}` } });
  await answer.body?.cancel();
  return answer.status;
}

async function logIn({ email, password }: Demo): Promise<Response> {
  return gateway('/v1/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
}

async function takenPorts(): Promise<number[]> {
  const all = portsOfBlock(ports);
  const free = await Promise.all(all.map(isFree));
  return all.filter((_, index) => !free[index]);
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'start-'));
  ports = await freePorts();
});

afterAll(async () => {
  await Promise.all(launchers.map((launcher) => launcher.end('SIGKILL')));
  await stopLeftovers(dataDir, 3_000);
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

describe('npm start', () => {
  let first: LauncherProcess;
  let demo: Demo;

  beforeAll(async () => {
    first = npmStart();
    await first.says(ready, patienceMs);
    demo = demoOn(first.output);
  }, patienceMs);

  it('ends in a board with everything that runs', () => {
    const names = [...servers, ...builtServices()].map((one) => one.name);
    expect(names).toEqual(expect.arrayContaining(['nats', 'mongo', 'gateway', 'agents']));
    for (const name of names) {
      expect(first.output).toMatch(new RegExp(`^ {2}${name} .*127\\.0\\.0\\.1:\\d+\\S* +up`, 'm'));
    }
    expect(first.output).toContain('Trunkline is running\n');
  });

  it('prints a login and a key that work', async () => {
    const answer = await logIn(demo);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ accessToken: expect.any(String) });
    expect(await agentsWith(demo.apiKey)).toBe(200);
    expect(first.output).toContain(
      `Try next  curl -H 'authorization: Bearer ${demo.apiKey}' http://127.0.0.1:${ports.GATEWAY_PORT}/v1/agents`,
    );
  });

  it('prints the running board the second time and exits 0', async () => {
    const second = npmStart();
    expect(await second.exit()).toBe(0);
    expect(second.output).toContain('Trunkline is running\n');
    expect(demoOn(second.output)).toEqual(demo);
    expect(await agentsWith(demo.apiKey)).toBe(200);
  });

  it('empties nothing while it runs', async () => {
    const fresh = npmStart(['--fresh']);
    expect(await fresh.exit()).toBe(1);
    expect(fresh.output).toMatch(
      /^✖ It is running \(pid \d+\): stop it before you empty its data/m,
    );
    expect(await agentsWith(demo.apiKey)).toBe(200);
  });

  it('stops all that it started on Ctrl-C', async () => {
    expect(findLeftovers(dataDir)).toHaveLength(servers.length + builtServices().length);

    expect(await first.pressCtrlC()).toBe(0);

    expect(first.output).toContain('everything is stopped');
    expect(findLeftovers(dataDir)).toEqual([]);
    expect(await takenPorts()).toEqual([]);
    expect(readRecords(dataDir)).toEqual([]);
    expect([runningLauncher(dataDir), readRunning(dataDir)]).toEqual([undefined, undefined]);
  });

  it('refuses --fresh when a server is somebody else’s', async () => {
    const url = `redis://127.0.0.1:${ports.REDIS_PORT}`;
    const refused = npmStart(['--fresh'], { REDIS_URL: url });
    expect(await refused.exit()).toBe(1);
    expect(refused.output).toMatch(/^✖ --fresh would not reach redis: REDIS_URL points to/m);
    expect(readdirSync(dataDir)).toContain('mongo');
  });

  it(
    'begins with empty data and a new key after --fresh',
    async () => {
      const fresh = npmStart(['--fresh']);
      await fresh.says(ready, patienceMs);
      const renewed = demoOn(fresh.output);

      expect(renewed.tenant).not.toBe(demo.tenant);
      expect(await agentsWith(renewed.apiKey)).toBe(200);
      expect(await agentsWith(demo.apiKey)).toBe(401);
      expect((await logIn(demo)).status).toBe(401);

      expect(await fresh.pressCtrlC()).toBe(0);
      expect(findLeftovers(dataDir)).toEqual([]);
    },
    patienceMs,
  );
});
