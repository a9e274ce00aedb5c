import { join } from 'node:path';
import { findBinary } from './binaries.ts';
import { Child } from './child.ts';
import { Failure, messageOf } from './failure.ts';
import { loadNatsUsers, loginNames } from './nats-users.ts';
import { refuseTakenPorts } from './ports.ts';
import { say, seconds } from './say.ts';
import { openSecrets } from './secrets.ts';
import { servers } from './servers/all.ts';
import type { Binary, Launch, Place, Server } from './servers/server.ts';
import type { Env, Ports } from './settings.ts';
import { within } from './until.ts';

export interface StackOptions {
  readonly dataDir: string;
  readonly ports: Ports;
  /** Shell and `.env`; a URL in it replaces that server. Empty for throw-away servers. */
  readonly env: Env;
  readonly signal: AbortSignal;
  /** Told of each child before it starts, so that an interruption can stop it. */
  readonly adopt: (child: Child) => void;
}

export interface ServerRow {
  readonly name: string;
  readonly address: string;
  readonly about: string;
}

/** The four servers, ours or somebody else's, each proved by a round trip. */
export interface Stack {
  readonly place: Place;
  readonly settings: Env;
  readonly rows: readonly ServerRow[];
  /** URL settings of servers that this launcher did not start. */
  readonly foreign: readonly string[];
  readonly binaries: Readonly<Record<string, string>>;
}

interface Ours {
  readonly server: Server;
  readonly binary: Binary;
  readonly launch: Launch;
}

export function foreignServers(env: Env): Server[] {
  return servers.filter((server) => Boolean(env[server.urlSetting]));
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, ports, env } = options;
  const natsUsers = await loadNatsUsers();
  const secrets = openSecrets(dataDir, loginNames(natsUsers));
  const place: Place = { dataDir, ports, secrets, natsUsers };
  const foreign = foreignServers(env);
  const ours: Ours[] = [];
  for (const server of servers.filter((candidate) => !foreign.includes(candidate))) {
    const binary = await findBinary(server);
    ours.push({ server, binary, launch: server.prepare(binary, place) });
  }
  await refuseTakenPorts(ours.flatMap(({ launch }) => launch.ports));
  await Promise.all([
    ...foreign.map((server) => checkForeign(server, env)),
    ...ours.map((one) => startOne(one, place, options)),
  ]);
  return {
    place,
    settings: settingsOf(place, foreign, env),
    rows: servers.map((server) => rowOf(server, ours, { place, env })),
    foreign: foreign.map((server) => server.urlSetting),
    binaries: Object.fromEntries(ours.map(({ binary }) => [binary.program, binary.path])),
  };
}

/** A server of somebody else's brings its settings along, credentials too. */
function settingsOf(place: Place, foreign: readonly Server[], env: Env): Env {
  const all = servers.map((server) => [server, server.settings(place)] as const);
  return Object.assign(
    {},
    ...all.map(([server, own]) => {
      if (!foreign.includes(server)) return own;
      return Object.fromEntries(Object.keys(own).flatMap((key) => pairIn(env, key)));
    }),
  ) as Env;
}

function pairIn(env: Env, key: string): [string, string][] {
  const value = env[key];
  return value === undefined ? [] : [[key, value]];
}

async function checkForeign(server: Server, env: Env): Promise<void> {
  try {
    await within(prove(server, env), 10_000);
    say(`✔ ${server.name} answers at ${server.urlSetting}`);
  } catch (error) {
    throw new Failure(
      `${server.name} at ${server.urlSetting} (${shown(env[server.urlSetting])}) does not work: ` +
        `${messageOf(error)}. Correct it in .env, or remove it to use the embedded one.`,
    );
  }
}

async function prove(server: Server, settings: Env): Promise<void> {
  await server.provision?.(settings);
  await server.roundTrip(settings);
}

async function startOne(one: Ours, place: Place, options: StackOptions): Promise<void> {
  const { server, binary, launch } = one;
  const settings = server.settings(place);
  const startedAtMs = performance.now();
  const child = new Child(
    {
      name: server.name,
      kind: 'server',
      command: binary.path,
      args: launch.args,
      cwd: place.dataDir,
      env: { ...systemEnv(), ...launch.env },
      ports: launch.ports.map(({ port }) => port),
      dataDir: place.dataDir,
      logPath: join(place.dataDir, 'logs', `${server.name}.log`),
      ready: async () => {
        await launch.settle?.();
        await prove(server, settings);
      },
      graceMs: server.graceMs,
    },
    say,
  );
  options.adopt(child);
  await child.start(options.signal);
  say(`✔ ${server.name} (${seconds(startedAtMs)}) ${binary.program} ${binary.version}`);
}

/** Servers get nothing of ours: no keys and no settings. */
function systemEnv(): Env {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];
  return Object.fromEntries(names.flatMap((name) => pairIn(process.env as Env, name)));
}

function rowOf(
  server: Server,
  ours: readonly Ours[],
  at: { readonly place: Place; readonly env: Env },
): ServerRow {
  const { name } = server;
  const found = ours.find((one) => one.server === server);
  if (!found) return { name, address: shown(at.env[server.urlSetting]), about: 'not ours' };
  const address = shown(server.settings(at.place)[server.urlSetting]);
  const { program, version, from } = found.binary;
  return { name, address, about: `${program} ${version}, ${from}` };
}

/** Without the credentials that a URL may carry. */
function shown(url: string | undefined): string {
  return (url ?? '').replace(/\/\/[^@/]*@/, '//…@');
}
