import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ensureStreams,
  loadConfig,
  Logger,
  Metrics,
  startService,
  type RunningService,
} from '@trunkline/platform';
import { eventually, startNats, testMongo, writeKeyFiles, type TestNats } from '@trunkline/testing';
import { AppModule } from '../../src/app.module.js';
import { analyticsSettings } from '../../src/config.js';

describe('analytics', () => {
  const mongo = testMongo();
  const logged: string[] = [];
  let nats: TestNats;
  let service: RunningService;

  beforeAll(async () => {
    nats = await startNats({ users: true });
    const operator = await nats.connect({ user: 'operator' });
    await ensureStreams(operator, { replicas: 1, maxBytes: 64 * 1024 * 1024 });
    const keys = await writeKeyFiles(nats.dir, ['analytics']);
    const settings = loadConfig(analyticsSettings, {
      NATS_URL: nats.url,
      NATS_MONITOR_URL: nats.monitorUrl,
      NATS_USER: 'analytics',
      NATS_PASSWORD: 'pw-analytics',
      MONGODB_URI: mongo.uri,
      MONGODB_LOG_DATABASE: mongo.database,
      S3_ENDPOINT: process.env['S3_ENDPOINT'],
      S3_ACCESS_KEY: process.env['S3_ACCESS_KEY'],
      S3_SECRET_KEY: process.env['S3_SECRET_KEY'],
      PRINCIPAL_JWKS_FILE: keys.principalJwks,
      SERVICE_KEY_FILE: keys.ofService('analytics'),
      HTTP_PORT: '0',
    });
    const metrics = new Metrics('analytics', { withDefaults: false });
    const destination = { write: (line: string) => void logged.push(line) };
    const logger = new Logger({ service: 'analytics', level: 'info', destination });
    const module = AppModule.of(settings);
    service = await startService({ name: 'analytics', settings, module, metrics, logger });
  });
  afterAll(async () => {
    await nats.stop();
    await mongo.drop();
  });

  it('hosts the archiver within its own allow-list, is ready, and stops cleanly', async () => {
    await eventually(() => logged.some((line) => line.includes('archiver.pass')));
    await eventually(async () => (await fetch(`${service.url}/readyz`)).ok);
    expect(logged.filter((line) => line.includes('archiver.failed'))).toEqual([]);
    expect(await service.stop('test')).toBe(0);
  });
});
