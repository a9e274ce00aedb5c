import { join } from 'node:path';
import { aiProviders, carriers } from '@trunkline/contracts';
import type { TestKeyFiles } from '../key-files.js';
import type { TestNats } from '../nats.js';
import type { Env } from './platform-process.js';

export const serviceNames = ['agents', 'campaigns', 'analytics', 'voice', 'gateway'] as const;
export type PlatformService = (typeof serviceNames)[number];

/** Who asks others in its own name. */
export const askers: readonly string[] = ['voice', 'campaigns', 'analytics'];
const callsVendors: readonly string[] = ['voice', 'campaigns', 'agents'];
const vendors = [...aiProviders, 'gemini', ...carriers];
const s3 = ['S3_REGION', 'S3_ACCESS_KEY', 'S3_SECRET_KEY', 'REDIS_URL'];

export interface PlatformPlaces {
  readonly dir: string;
  readonly nats: TestNats;
  readonly keys: TestKeyFiles;
  readonly mongoUri: string;
  readonly database: string;
  readonly s3Url: string;
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
}

/** What every process of the service is told. */
export function settingsOf(service: PlatformService, at: PlatformPlaces, port: number): Env {
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    NATS_URL: at.nats.url,
    NATS_USER: service,
    NATS_PASSWORD: `pw-${service}`,
    NATS_MONITOR_URL: at.nats.monitorUrl,
    MONGODB_URI: at.mongoUri,
    MONGODB_DATABASE: `${at.database}_${service}`,
    MONGODB_LOG_DATABASE: `${at.database}_log`,
    ...Object.fromEntries(s3.map((setting) => [setting, process.env[setting] ?? ''])),
    S3_ENDPOINT: at.s3Url,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(port),
    KEK_FILE: join(at.dir, 'kek'),
    PUBLIC_BASE_URL: at.gatewayUrl,
    ...keysOf(service, at.keys),
    ...(callsVendors.includes(service) ? standIns(at.sandboxUrl) : {}),
    // The platform answers within its limits also on a machine that does much else.
    RESERVE_LIMIT_MS: '2000',
  };
}

/** What one pod of voice is told besides. */
export function podSettings(pod: string, folder: string, port: number): Env {
  return {
    VOICE_POD: pod,
    VOICE_RUNTIME_SIGNING_SECRET: 'a secret of thirty-two characters or more',
    VOICE_RUNTIME_WS_BASE_URL: `ws://127.0.0.1:${port}`,
    VOICE_RUNTIME_BASE_URL: `http://127.0.0.1:${port}`,
    VOICE_JOURNAL_DIR: join(folder, 'journal'),
    VOICE_SPOOL_DIR: join(folder, 'spool'),
  };
}

function keysOf(service: PlatformService, keys: TestKeyFiles): Env {
  const { principalJwks, tokenKeys, ofService } = keys;
  return {
    PRINCIPAL_JWKS_FILE: principalJwks,
    ...(service === 'gateway' && { TOKEN_KEYS_FILE: tokenKeys }),
    ...(askers.includes(service) && { SERVICE_KEY_FILE: ofService(service) }),
  };
}

function standIns(sandboxUrl: string): Env {
  return Object.fromEntries(
    vendors.flatMap((vendor) => [
      [`${vendor.toUpperCase()}_BASE_URL`, `${sandboxUrl}/${vendor}`],
      [`${vendor.toUpperCase()}_API_KEY`, 'sandbox'],
    ]),
  );
}
