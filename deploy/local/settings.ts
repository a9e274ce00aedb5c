import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from './failure.ts';

export type Env = Record<string, string>;

export const rootDir = resolve(import.meta.dirname, '../..');
export const serverInstallDir = join(rootDir, '.servers');

export const defaultPorts = {
  NATS_PORT: 4222,
  NATS_MONITOR_PORT: 8222,
  MONGO_PORT: 27017,
  REDIS_PORT: 6379,
  S3_PORT: 9000,
  S3_INTERNAL_PORT: 9331,
  GATEWAY_PORT: 8080,
  AGENTS_PORT: 8081,
  VOICE_PORT: 8082,
  CAMPAIGNS_PORT: 8083,
  ANALYTICS_PORT: 8084,
  SANDBOX_PORT: 8090,
} as const;

export type PortSetting = keyof typeof defaultPorts;
export type Ports = Readonly<Record<PortSetting, number>>;

/** Read by the launcher only; a service would refuse them as unknown. */
const launcherSettings = new Set<string>([...Object.keys(defaultPorts), 'LOCAL_DATA_DIR']);

export function parseEnvFile(text: string): Env {
  const env: Env = {};
  for (const line of text.split(/\r?\n/)) {
    const found = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
    if (!found) continue;
    const value = found[2] ?? '';
    const quoted = /^(["'])(.*)\1$/.exec(value);
    env[found[1] ?? ''] = quoted ? (quoted[2] ?? '') : value.replace(/\s+#.*$/, '');
  }
  return env;
}

/** What is set in the shell wins over `.env`, as everywhere. */
export function readEnv(): Env {
  const file = join(rootDir, '.env');
  const fromFile = existsSync(file) ? parseEnvFile(readFileSync(file, 'utf8')) : {};
  const fromShell = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('npm_'),
  );
  return { ...fromFile, ...Object.fromEntries(fromShell) };
}

export function portsFrom(env: Env): Ports {
  const names = Object.keys(defaultPorts) as PortSetting[];
  const pairs = names.map((name) => [name, portFrom(name, env[name])] as const);
  return Object.fromEntries(pairs) as Record<PortSetting, number>;
}

function portFrom(name: PortSetting, text: string | undefined): number {
  if (text === undefined || text === '') return defaultPorts[name];
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Failure(`${name}=${text} is not a port: write a number from 1 to 65535 into .env.`);
  }
  return port;
}

export function forServices(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !launcherSettings.has(name)));
}
