import { z } from 'zod';
import {
  choiceSetting,
  fileSetting,
  integerSetting,
  noted,
  secretSetting,
  secretUrlSetting,
  textSetting,
  urlSetting,
} from './setting.js';

/** Fragments to spread into a service's `z.strictObject({ ...natsSettings, ... })`. */

export const natsSettings = {
  NATS_URL: urlSetting({
    meaning: 'Where the log and the other services are reached; several with commas.',
    protocols: ['nats', 'tls'],
    default: 'nats://127.0.0.1:4222',
  }),
  NATS_USER: textSetting({
    meaning: 'The NATS user of this service.',
    pattern: /^[A-Za-z0-9_-]{1,64}$/,
  }),
  NATS_PASSWORD: secretSetting({ meaning: 'Its password.' }),
  NATS_MONITOR_URL: urlSetting({
    meaning: 'The monitoring port of nats-server, read at boot to see whether it syncs always.',
    protocols: ['http', 'https'],
    default: 'http://127.0.0.1:8222',
  }),
};

export const mongoSettings = {
  MONGODB_URI: secretUrlSetting({
    meaning: 'Connection string of the replica set that holds the read models.',
    protocols: ['mongodb', 'mongodb+srv'],
  }),
  MONGODB_MAX_POOL_SIZE: integerSetting({
    meaning: 'Connections to MongoDB per process.',
    min: 1,
    max: 500,
    default: 5,
  }),
};

/** Each service has a database of its own. */
export function mongoDatabaseSetting(service: string) {
  return {
    MONGODB_DATABASE: textSetting({
      meaning: 'The database of this service.',
      pattern: /^[A-Za-z0-9_-]{1,63}$/,
      default: `trunkline_${service}`,
    }),
  };
}

export const objectStoreSettings = {
  S3_ENDPOINT: urlSetting({ meaning: 'The S3 server.', protocols: ['http', 'https'] }),
  S3_REGION: textSetting({ meaning: 'Its region.', default: 'us-east-1', maxLength: 64 }),
  S3_ACCESS_KEY: secretSetting({ meaning: 'Access key of this service.' }),
  S3_SECRET_KEY: secretSetting({ meaning: 'Secret key of this service.' }),
};

/** Who reads the log's cold half has to find it. */
export const coldHalfSettings = {
  ...objectStoreSettings,
  MONGODB_LOG_DATABASE: textSetting({
    meaning: 'The database of the log: where archived events are noted.',
    pattern: /^[A-Za-z0-9_-]{1,63}$/,
    default: 'trunkline_log',
  }),
};

/** Who moves closed aggregates there. */
export const archiverSettings = {
  LOG_HOT_DAYS: integerSetting({
    meaning: 'Days after its last event before a closed aggregate leaves the hot half.',
    min: 0,
    max: 3_650,
    default: 3,
  }),
  SEAWEEDFS_MASTER_URL: noted(
    z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
    {
      description:
        'The master of a SeaweedFS object store: an erasure asks it to vacuum and waits for its word. Empty: another store, and 24 h are waited for.',
      type: 'URL',
      default: '',
    },
  ),
};

export const redisSettings = {
  REDIS_URL: secretUrlSetting({
    meaning: 'Redis for rate limits, cached answers and jobs.',
    protocols: ['redis', 'rediss'],
  }),
};

export const httpSettings = {
  HTTP_HOST: textSetting({
    meaning: 'The address to listen on.',
    default: '127.0.0.1',
    pattern: /^[A-Za-z0-9.:-]{1,253}$/,
  }),
  HTTP_PORT: integerSetting({ meaning: 'The port; 0 takes a free one.', min: 0, max: 65_535 }),
};

export const telemetrySettings = {
  NODE_ENV: choiceSetting(['development', 'test', 'production'], {
    meaning: 'In production a service refuses what is only good for a laptop.',
    default: 'development',
  }),
  LOG_LEVEL: choiceSetting(['debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    meaning: 'The least level that is logged.',
    default: 'info',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: noted(
    z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
    { description: 'Where traces go (OTLP over HTTP); empty: nowhere.', type: 'URL', default: '' },
  ),
  OTEL_TRACES_SAMPLE_PERCENT: integerSetting({
    meaning: 'How many of the traces that start here are kept.',
    min: 0,
    max: 100,
    default: 100,
  }),
  SHUTDOWN_BUDGET_MS: integerSetting({
    meaning: 'How long a stopping service may finish its work before it gives up.',
    min: 0,
    max: 3_600_000,
    default: 20_000,
  }),
};

export const principalSettings = {
  PRINCIPAL_JWKS_FILE: fileSetting({
    meaning:
      'Public keys (JWKS) of those who may say who asks: the gateway, the operator, services.',
  }),
};

/** Whoever asks other services in its own name. */
export const serviceKeySettings = {
  SERVICE_KEY_FILE: fileSetting({
    meaning: 'The private key of this service (JWKS, use "service"), with which it says who asks.',
  }),
};

/** What every service started by `runService` needs. */
export const serviceSettings = { ...natsSettings, ...httpSettings, ...telemetrySettings };

/** Spelt right, though this service may not read them: the launcher sets them for everybody. */
export function platformSettingNames(): string[] {
  const fragments = [
    serviceSettings,
    mongoSettings,
    redisSettings,
    coldHalfSettings,
    archiverSettings,
    principalSettings,
    serviceKeySettings,
  ];
  return [...fragments.flatMap((fragment) => Object.keys(fragment)), 'MONGODB_DATABASE'];
}
