// The first step of every command: plain JavaScript without dependencies, for Node 20 and newer.
// It brings node_modules up to date and hands over to main.ts under the Node that came with them.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.trunkline-install');
const nodeBinary = join(modules, '.bin/node');
const minimumFreeBytes = 2e9;
const networkCodes =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/;
const noNetwork =
  'npm cannot reach its registry: check the network or the proxy settings and run it again.';
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function refuse(reason) {
  console.error(`✖ ${reason}`);
  process.exit(1);
}

function checkMachine() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) refuse(`Node ${process.versions.node} is too old: install Node 20 or newer.`);
  if (!['linux', 'darwin'].includes(process.platform) || !['x64', 'arm64'].includes(process.arch)) {
    refuse(
      `${process.platform}-${process.arch} is not supported: use Linux or macOS on x64 or arm64.`,
    );
  }
  const disk = statfsSync(root);
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes < minimumFreeBytes) {
    refuse(
      `Only ${(freeBytes / 1e9).toFixed(1)} GB free under ${root}: make room for 2 GB and run it again.`,
    );
  }
}

/** The stamp is written last, so an interrupted install is repeated. */
function installedFor() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
}

function upToDate() {
  return (
    existsSync(nodeBinary) && existsSync(stamp) && readFileSync(stamp, 'utf8') === installedFor()
  );
}

function reasonOf(output) {
  if (/ENOSPC/.test(output)) return 'The disk is full: make room and run it again.';
  if (/EACCES|EPERM/.test(output))
    return `npm may not write to ${modules}: make the folder yours and run it again.`;
  if (networkCodes.test(output)) return noNetwork;
  return 'npm install failed (its output is above): mend that and run it again.';
}

/** npm install itself tries every package of every platform for minutes before it gives up. */
function checkNetwork() {
  const args = ['ping', '--fetch-retries=0', '--fetch-timeout=15000', '--loglevel=error'];
  const ping = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  if (ping.error) refuse('npm is not on PATH: it comes with Node, install it.');
  if (ping.status !== 0 && networkCodes.test(ping.stderr)) refuse(noNetwork);
}

async function install() {
  console.log('· installing packages (about a minute the first time)');
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  checkNetwork();
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawn('npm', args, { cwd: root, env, stdio: ['ignore', 'inherit', 'pipe'] });
  const ticker = setInterval(() => console.log(`  … still installing, ${seconds()} s`), 10_000);
  for (const signal of signals) {
    process.once(signal, () => {
      npm.kill(signal);
      refuse('Interrupted: run it again to finish the installation.');
    });
  }
  let output = '';
  npm.stderr.on('data', (chunk) => {
    output = (output + chunk).slice(-8000);
    process.stderr.write(chunk);
  });
  const code = await new Promise((settle) => {
    npm.on('error', (error) => settle(error.message));
    npm.on('close', settle);
  });
  clearInterval(ticker);
  for (const signal of signals) process.removeAllListeners(signal);
  if (code !== 0) refuse(reasonOf(output));
  if (spawnSync(nodeBinary, ['--version']).status !== 0) {
    refuse(
      'The package "node" did not install its binary: run npm install without --ignore-scripts.',
    );
  }
  writeFileSync(stamp, installedFor());
  console.log(`✔ packages installed (${seconds()} s)`);
}

/** npm killed outright cannot pass a signal on; a parent that changes tells the same. */
function stopWithParent(child) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return;
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
}

function handOver() {
  const env = {
    ...process.env,
    PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  };
  const main = join(root, 'deploy/local/main.ts');
  // The IPC channel tells main.ts when this process is gone, so that it stops what it started.
  const child = spawn(nodeBinary, [main, ...process.argv.slice(2)], {
    cwd: root,
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  stopWithParent(child);
  child.on('error', (error) => refuse(`cannot start ${nodeBinary}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

checkMachine();
if (!upToDate()) await install();
handOver();
