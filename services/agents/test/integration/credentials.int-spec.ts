import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aiProviders } from '@trunkline/contracts';
import { filesWith } from '@trunkline/testing';
import * as accounts from '../../src/app/carrier-accounts.js';
import * as credentials from '../../src/app/credentials.js';
import { SandboxProcess } from '../support/sandbox-process.js';
import { World, byFor, newMasterKey, newTenant, type Replica } from '../support/world.js';

const canary = 'canary-7f3a9c51-plaintext-x9Zq';
const key = { provider: 'openai', label: 'Main', apiKey: canary } as const;

describe('secrets on real servers', () => {
  let world: World;
  let sandbox: SandboxProcess;
  let replica: Replica;
  beforeAll(async () => {
    [world, sandbox] = await Promise.all([World.start(), SandboxProcess.start()]);
    replica = await world.replica({ ...sandbox.settings(), KEY_CHECK_LIMIT_MS: '300' });
  });
  afterAll(async () => {
    await world.stop();
    await sandbox.stop();
  });

  it('V29 T9 V4 keeps no plaintext anywhere and never answers it', async () => {
    const by = byFor(newTenant());
    const { app } = replica;
    const saved = await credentials.saveCredential(app, by, key);
    expect(saved).toMatchObject({ label: 'Main', lastFour: 'x9Zq', generation: 1, lastTest: null });
    const account = await accounts.saveCarrierAccount(app, by, {
      carrier: 'twilio',
      label: 'Main',
      accountId: 'AC1',
      authToken: canary,
    });
    const rotated = await credentials.rotateCredential(app, by, { id: saved.id, apiKey: canary });
    const tested = await credentials.testCredential(app, by, saved.id);
    const page = await credentials.findCredentialPage(app, by, { limit: 10 });
    const answers = JSON.stringify([saved, account, rotated, tested, page]);
    const logged = replica.logged.join('');
    expect(logged).toContain('secret.opened');
    const history = [
      await world.history({ tenant: by.tenant, aggregate: 'credential', id: saved.id }),
      await world.history({ tenant: by.tenant, aggregate: 'carrier-account', id: account.id }),
      await world.history({ tenant: by.tenant, aggregate: 'datakey', id: by.tenant }),
    ];
    expect(history.map((events) => events.length)).toEqual([3, 1, 1]);
    const everywhere = [answers, logged, JSON.stringify(history), await world.dumpMongo()];
    for (const place of everywhere) {
      expect(place).not.toContain(canary);
      expect(place).not.toContain(Buffer.from(canary).toString('base64').slice(0, 24));
    }
    expect(await filesWith(join(world.nats.dir, 'js'), canary)).toEqual([]);
    expect(answers).not.toContain('sealed');
  });

  it('V4 a ciphertext opens only where it was made: tenant, provider, field', async () => {
    const { dataKeys } = replica.app;
    const [by, other] = [byFor(newTenant()), byFor(newTenant())];
    const address = {
      aggregate: 'credential',
      id: 'c1',
      provider: 'openai',
      field: 'apiKey',
    } as const;
    const sealed = await dataKeys.seal(by, address, canary);
    expect(await dataKeys.open(by, address, sealed)).toBe(canary);
    const wrong = [
      dataKeys.open(other, address, sealed),
      dataKeys.open(by, { ...address, provider: 'deepgram' }, sealed),
      dataKeys.open(by, { ...address, field: 'authToken' }, sealed),
      dataKeys.open(by, { ...address, id: 'c2' }, sealed),
      dataKeys.open(by, { ...address, aggregate: 'carrier-account' }, sealed),
      dataKeys.open(by, address, `${sealed.slice(0, -2)}AA`),
    ];
    const ends = await Promise.allSettled(wrong);
    const codes = ends.map((end) => (end.status === 'rejected' ? end.reason.code : 'opened'));
    expect(codes).toEqual(wrong.map(() => 'crypto.unreadable'));
  });

  it('V4 a new master key rewraps the data key and touches no ciphertext', async () => {
    const by = byFor(newTenant());
    const { id } = await credentials.saveCredential(replica.app, by, key);
    const kek = (await readFile(join(world.dir, 'kek'), 'utf8')).trim();
    const newest = newMasterKey();
    await world.writeMasterKeys([newest, kek]);
    const rotated = await world.replica({ ...sandbox.settings() });
    expect(await credentials.testCredential(rotated.app, by, id)).toMatchObject({ ok: true });
    const ref = { tenant: by.tenant, aggregate: 'datakey', id: by.tenant };
    const events = await world.history(ref);
    expect(events.map((event) => event.type)).toEqual(['datakey.created', 'datakey.rewrapped']);
    expect(events[1]?.data['kid']).toBe(events[0]?.data['kid']);
    // The old master key may go now.
    await world.writeMasterKeys([newest]);
    const later = await world.replica({ ...sandbox.settings() });
    expect(await credentials.testCredential(later.app, by, id)).toMatchObject({ ok: true });
    await world.writeMasterKeys([kek]);
  });

  it('two who need the first data key at once get the same one', async () => {
    const other = await world.replica(sandbox.settings());
    const by = byFor(newTenant());
    const apps = [replica.app, other.app];
    const made = await Promise.all(
      [0, 1, 2, 3].map((n) => credentials.saveCredential(apps[n % 2] ?? replica.app, by, key)),
    );
    const tests = await Promise.all(
      made.map(({ id }) => credentials.testCredential(other.app, by, id)),
    );
    expect(tests.map((test) => test.ok)).toEqual([true, true, true, true]);
  });

  it('asks the provider once, and records what it said', async () => {
    const by = byFor(newTenant());
    const { app } = replica;
    const { id } = await credentials.saveCredential(app, by, key);
    const before = await sandbox.askedOf('openai');
    expect(await credentials.testCredential(app, by, id)).toMatchObject({
      ok: true,
      outcome: 'accepted',
      httpStatus: 200,
    });
    expect(await sandbox.askedOf('openai')).toBe(before + 1);
    expect(await credentials.readCredential(app, by, id)).toMatchObject({
      lastTest: { ok: true, outcome: 'accepted', httpStatus: 200 },
    });
    const bad = await credentials.rotateCredential(app, by, { id, apiKey: 'bad-key-1234' });
    expect(bad).toMatchObject({ lastFour: '1234', generation: 2, lastTest: null });
    expect(await credentials.testCredential(app, by, id)).toMatchObject({
      ok: false,
      outcome: 'refused',
      httpStatus: 401,
    });
  });

  it.each([
    ['rate-limited', 'rate-limited', 429],
    ['server-error', 'provider-error', 503],
    ['stall', 'timeout', null],
  ])('a provider in the mood %s is %s', async (mood, outcome, httpStatus) => {
    const by = byFor(newTenant());
    const { id } = await credentials.saveCredential(replica.app, by, {
      ...key,
      provider: 'deepgram',
    });
    await sandbox.order({ provider: 'deepgram', mood, times: 1 });
    const tested = await credentials.testCredential(replica.app, by, id);
    expect(tested).toMatchObject({ ok: false, outcome, httpStatus });
  });

  it.each(aiProviders)('%s accepts a good key', async (provider) => {
    const by = byFor(newTenant());
    const { id } = await credentials.saveCredential(replica.app, by, { ...key, provider });
    expect(await credentials.testCredential(replica.app, by, id)).toMatchObject({ ok: true });
  });

  it.each([
    { carrier: 'twilio', label: 'L', accountId: 'AC1', authToken: 'good-token' },
    { carrier: 'plivo', label: 'L', accountId: 'MA1', authToken: 'good-token' },
    { carrier: 'vobiz', label: 'L', accountId: 'MA1', authToken: 'good-token' },
    { carrier: 'telnyx', label: 'L', apiKey: 'good-token', publicKey: `${'A'.repeat(43)}=` },
  ] as const)('$carrier accepts a good secret and refuses a bad one', async (body) => {
    const by = byFor(newTenant());
    const { app } = replica;
    const { id } = await accounts.saveCarrierAccount(app, by, body);
    expect(await accounts.testCarrierAccount(app, by, id)).toMatchObject({ ok: true });
    await accounts.rotateCarrierAccount(app, by, { id, body: { secret: 'bad-token' } });
    expect(await accounts.testCarrierAccount(app, by, id)).toMatchObject({ outcome: 'refused' });
    expect(await accounts.readCarrierAccount(app, by, id)).toMatchObject({
      generation: 2,
      lastTest: { ok: false },
    });
  });

  it('answers a repeated save as the first one, and a removed one like one that never was', async () => {
    const tenant = newTenant();
    const { app } = replica;
    const first = await credentials.saveCredential(app, byFor(tenant, 'save-1'), key);
    expect(await credentials.saveCredential(app, byFor(tenant, 'save-1'), key)).toEqual(first);
    const by = byFor(tenant);
    await credentials.removeCredential(app, by, first.id);
    const gone = { code: 'request.not-found' };
    await expect(credentials.readCredential(app, by, first.id)).rejects.toMatchObject(gone);
    await expect(credentials.testCredential(app, by, first.id)).rejects.toMatchObject(gone);
    await expect(
      credentials.testCredential(app, byFor(newTenant()), first.id),
    ).rejects.toMatchObject(gone);
  });
});
