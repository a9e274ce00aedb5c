import { AppError } from '@trunkline/kernel';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { isVersionAtLeast } from './server-version.js';

export interface NatsServerCheck {
  /** Several servers: JetStream's replication is safe from a later version on. */
  readonly clustered: boolean;
  readonly production: boolean;
  /** The monitoring address, or several with commas; required in production. */
  readonly monitorUrl?: string | undefined;
}

const LEAST = '2.10.27';
const LEAST_CLUSTERED = '2.12.3';
const MONITOR_LIMIT_MS = 5_000;

const jetstreamReport = z.object({ config: z.object({ sync_always: z.boolean().optional() }) });

/** Refuses with `log.unfit` a server on which an acknowledged event could be lost. */
export async function checkNatsServer(
  connection: NatsConnection,
  check: NatsServerCheck,
): Promise<void> {
  checkVersion(connection.info ?? { version: 'unknown' }, check.clustered);
  if (!check.production) return;
  const urls = (check.monitorUrl ?? '').split(',').flatMap((url) => url.trim() || []);
  if (urls.length === 0) refuse('production needs the monitoring address of nats-server');
  for (const url of urls) await checkSync(url);
}

function checkVersion(
  info: { readonly version: string; readonly cluster?: string },
  clustered: boolean,
): void {
  const least = clustered || info.cluster !== undefined ? LEAST_CLUSTERED : LEAST;
  if (isVersionAtLeast(info.version, least)) return;
  refuse(`nats-server ${info.version} is too old: ${least} or newer is needed`);
}

async function checkSync(monitorUrl: string): Promise<void> {
  const report = jetstreamReport.safeParse(await readReport(monitorUrl));
  if (!report.success) refuse(`${monitorUrl} does not describe a JetStream server`);
  if (report.data.config.sync_always !== true) {
    refuse(`the server at ${monitorUrl} does not sync always: set jetstream.sync_interval`);
  }
}

async function readReport(monitorUrl: string): Promise<unknown> {
  try {
    const answer = await fetch(new URL('/jsz', monitorUrl), {
      signal: AbortSignal.timeout(MONITOR_LIMIT_MS),
    });
    return await answer.json();
  } catch (error) {
    throw new AppError('log.unavailable', { retryable: true, cause: error });
  }
}

function refuse(problem: string): never {
  throw new AppError('log.unfit', { details: { problems: [problem] } });
}
