import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from '../binaries.ts';
import { runQuietly } from '../build.ts';
import { Child } from '../child.ts';
import { Failure } from '../failure.ts';
import type { Interruption } from '../interruption.ts';
import { runJest } from '../jest-run.ts';
import { freePorts } from '../ports.ts';
import { say, seconds, step } from '../say.ts';
import { openSecrets } from '../secrets.ts';
import { s3Server } from '../servers/s3.ts';
import type { Place } from '../servers/server.ts';
import { rootDir, serverInstallDir, type Env } from '../settings.ts';
import { withThrowAway } from '../throw-away.ts';

const installDir = join(serverInstallDir, 'bin');
const minio = join(installDir, 'minio');
const suite = 'libs/platform/test/integration/object-store.int-spec.ts';

/** The object store's contract suite against the real MinIO, which is built once and kept. */
export async function testMinio(
  env: Env,
  interruption: Interruption,
  args: readonly string[],
): Promise<number> {
  const { signal } = interruption;
  if (!existsSync(join(rootDir, suite))) throw new Failure(`${suite} is not there yet.`);
  if (!existsSync(minio)) await step('building MinIO (2 to 3 minutes)', () => buildMinio(signal));
  const tally = await withThrowAway(interruption, async ({ dataDir }) => {
    const settings = await startMinio(dataDir, interruption);
    return await runJest({
      projects: ['integration'],
      args: [suite, ...args],
      dataDir,
      env: { ...env, ...settings, MINIO_BIN: minio },
      signal,
    });
  });
  say(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

async function buildMinio(signal: AbortSignal): Promise<void> {
  const startedAtMs = performance.now();
  const ticker = setInterval(() => say(`  … still building, ${seconds(startedAtMs)}`), 15_000);
  try {
    const go = ['go', 'install', 'github.com/minio/minio@latest'] as const;
    const { code, output } = await runQuietly([...go], signal, { GOBIN: installDir });
    if (code !== 0) throw new Failure(`go install failed:\n${output.trimEnd()}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Failure('Go is needed to build MinIO: install Go 1.24 or newer.');
  } finally {
    clearInterval(ticker);
  }
}

async function startMinio(dataDir: string, interruption: Interruption): Promise<Env> {
  const program = s3Server.programs.find((candidate) => candidate.name === 'minio');
  if (!program) throw new Failure('The S3 server knows no program named minio.');
  const place: Place = {
    dataDir,
    ports: await freePorts(),
    secrets: openSecrets(dataDir, []),
    natsUsers: [],
  };
  const launch = s3Server.prepare(inspect(program, minio, 'installed copy'), place);
  const settings = s3Server.settings(place);
  const child = new Child(
    {
      name: 'minio',
      kind: 'server',
      command: minio,
      args: launch.args,
      cwd: dataDir,
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...launch.env },
      ports: launch.ports.map(({ port }) => port),
      dataDir,
      logPath: join(dataDir, 'logs/minio.log'),
      ready: () => s3Server.roundTrip(settings),
      graceMs: s3Server.graceMs,
    },
    say,
  );
  interruption.adopt(child);
  await child.start(interruption.signal);
  return settings;
}
