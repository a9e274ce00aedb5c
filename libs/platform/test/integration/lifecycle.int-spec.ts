import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  startNats,
  testMongo,
  writeKeyFiles,
  type TestKeyFiles,
  type TestNats,
} from '@trunkline/testing';
import { ensureStreams } from '../../src/index.js';
import { ChildService, buildService, settingsFor, smallLog } from './child-service.js';

const campaigns = 'services/campaigns/dist/main.js';
const hanging = 'libs/platform/test/integration/fixtures/hanging-service.mjs';

describe('a service as a process', () => {
  let nats: TestNats;
  let keys: TestKeyFiles;
  const mongo = testMongo();
  const children: ChildService[] = [];

  beforeAll(async () => {
    buildService('campaigns');
    nats = await startNats({ users: true });
    keys = await writeKeyFiles(nats.dir, ['campaigns']);
    const operator = await nats.connect({ user: 'operator' });
    await ensureStreams(operator, smallLog);
  });
  afterAll(async () => {
    await nats.stop();
    await mongo.drop();
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
  });

  function start(script: string, env: Record<string, string>): ChildService {
    const child = new ChildService(script, env);
    children.push(child);
    return child;
  }

  /** Everything that campaigns insists on, on servers that are there. */
  function campaignsEnv(log: TestNats, env: Record<string, string>): Record<string, string> {
    const names = ['S3_ENDPOINT', 'S3_REGION', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'];
    return settingsFor(log, {
      ...Object.fromEntries(names.map((name) => [name, process.env[name] ?? ''])),
      MONGODB_URI: mongo.uri,
      MONGODB_DATABASE: mongo.database,
      MONGODB_LOG_DATABASE: mongo.database,
      PRINCIPAL_JWKS_FILE: keys.principalJwks,
      SERVICE_KEY_FILE: keys.ofService('campaigns'),
      PUBLIC_BASE_URL: 'https://calls.example.com',
      ...env,
    });
  }
  const startCampaigns = (env: Record<string, string> = {}): ChildService =>
    start(campaigns, campaignsEnv(nats, env));

  async function ready(child: ChildService): Promise<void> {
    await eventually(async () => (await child.get('/readyz')).status === 200);
  }

  it('boots, reports that it is ready, and exits 0 after SIGTERM', async () => {
    const child = startCampaigns();
    await ready(child);
    expect(await child.get('/livez')).toEqual({ status: 200, body: { status: 'ok' } });
    const metrics = await (await fetch(`${child.url}/metrics`)).text();
    expect(metrics).toContain('http_request_duration_seconds_bucket');
    expect(metrics).toContain('process_resident_memory_bytes{service="campaigns"}');
    child.signal('SIGTERM');
    expect(await child.exit).toBe(0);
    expect(child.logged('lifecycle.stopped')).toMatchObject({ exitCode: 0 });
    expect(child.stderr).toBe('');
  });

  it('refuses to start on a log that could lose or forget events, and says why', async () => {
    const careless = await startNats({ users: true, syncInterval: '2m' });
    try {
      const empty = start(campaigns, campaignsEnv(careless, {}));
      expect(await empty.exit).toBe(1);
      expect(empty.stderr).toContain('stream EVT is missing');
      const strict = start(campaigns, campaignsEnv(careless, { NODE_ENV: 'production' }));
      expect(await strict.exit).toBe(1);
      expect(strict.stderr).toContain('does not sync always');
    } finally {
      await careless.stop();
    }
  });

  it('says what is wrong while NATS is away, lives on, and recovers', async () => {
    const child = startCampaigns();
    await ready(child);
    await nats.kill();
    try {
      const report = await eventually(async () => {
        const answer = await child.get('/readyz');
        return answer.status === 503 && answer.body;
      });
      expect(report).toMatchObject({
        status: 'not-ready',
        checks: { nats: { isOk: false, reason: 'log.unavailable' } },
      });
      expect((await child.get('/livez')).status).toBe(200);
    } finally {
      await nats.start();
    }
    await ready(child);
    child.signal('SIGINT');
    expect(await child.exit).toBe(0);
  });

  it('exits 0 when it is stopped while it waits for its first connection', async () => {
    const child = startCampaigns({ NATS_URL: 'nats://127.0.0.1:1' });
    await eventually(() => child.logged('nats.connecting') !== undefined);
    child.signal('SIGTERM');
    expect(await child.exit).toBe(0);
  });

  it('lists every wrong setting at once and exits 78', async () => {
    const child = startCampaigns({
      NATS_URL: 'localhost',
      HTTP_PORT: '70000',
      LOG_LEVEL: '',
      NATS_PASSWROD: 'hunter2',
      TRUNKLINE_MODE: 'x',
    });
    expect(await child.exit).toBe(78);
    expect(child.stderr).toMatch(/^Wrong settings \(5\):/);
    for (const name of ['NATS_URL', 'HTTP_PORT', 'LOG_LEVEL', 'NATS_PASSWROD', 'TRUNKLINE_MODE']) {
      expect(child.stderr).toContain(`  ${name}: `);
    }
    expect(child.stderr).not.toContain('hunter2');
  });

  it('takes a key file that is not there for a wrong setting', async () => {
    const child = startCampaigns({ PRINCIPAL_JWKS_FILE: '/nowhere' });
    expect(await child.exit).toBe(78);
    expect(child.stderr).toContain('PRINCIPAL_JWKS_FILE: the file cannot be read');
  });

  it('says in one line why it did not start, and exits 1', async () => {
    const child = startCampaigns({ NATS_PASSWORD: 'guess' });
    expect(await child.exit).toBe(1);
    expect(child.stderr).toMatch(/^campaigns did not start: /);
    expect(child.stderr).not.toContain('guess');
  });

  it('is not ready at once after the signal, and exits 1 naming what hung when the budget is gone', async () => {
    const child = start(hanging, settingsFor(nats, { SHUTDOWN_BUDGET_MS: '1500' }));
    await ready(child);
    child.signal('SIGTERM');
    const report = await eventually(async () => {
      const answer = await child.get('/readyz');
      return answer.status === 503 && answer.body;
    });
    expect(report).toMatchObject({ isDraining: true, checks: { nats: { isOk: true } } });
    expect(await child.exit).toBe(1);
    expect(child.logged('lifecycle.hung')).toMatchObject({ step: 'endless-work' });
  });

  it('exits at once on a second signal, but not on the echo of the first', async () => {
    const child = start(hanging, settingsFor(nats, { SHUTDOWN_BUDGET_MS: '60000' }));
    await ready(child);
    child.signal('SIGINT');
    child.signal('SIGTERM');
    await eventually(async () => (await child.get('/readyz')).status === 503);
    await eventually(() => {
      child.signal('SIGTERM');
      return child.logged('lifecycle.second-signal') !== undefined;
    });
    expect(await child.exit).toBe(1);
    expect(child.logged('lifecycle.hung')).toBeUndefined();
  });
});
