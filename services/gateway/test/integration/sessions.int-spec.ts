import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@trunkline/kernel';
import { connectMongo, type Mongo } from '@trunkline/platform';
import { testMongo } from '@trunkline/testing';
import { MongoSessions } from '../../src/adapters/mongo/sessions.js';

describe('the sessions of a login', () => {
  const database = testMongo();
  let mongo: Mongo;
  let sessions: MongoSessions;

  beforeAll(async () => {
    mongo = await connectMongo({ uri: database.uri, database: database.database });
    await MongoSessions.prepare(mongo);
    sessions = new MongoSessions(mongo, systemClock);
  });
  afterAll(async () => {
    await mongo.close();
    await database.drop();
  });

  const logIn = (epoch = 1) => {
    const kind = { lifetimeMs: 60_000, hasRefreshToken: true };
    return sessions.begin({ user: 'u1', entered: 't1', epoch, ...kind });
  };

  it('begins one with the end, the epoch and the login of the one it came from', async () => {
    const from = await logIn(7);
    const entered = await sessions.enter(from, 't2');
    const { id, expiresAtMs } = from;
    expect(await sessions.find(entered.id)).toMatchObject({
      entered: 't2',
      epoch: 7,
      login: id,
      expiresAtMs,
    });
  });

  it('enters nothing from a session that was ended meanwhile', async () => {
    const from = await logIn();
    const text = await sessions.issueRefreshToken(from);
    await sessions.end(from.id);
    await expect(sessions.enter(from, 't2')).rejects.toMatchObject({ code: 'auth.invalid' });
    const left = mongo.platformCollection<{ login: string }>('gateway-sessions');
    expect(await left.countDocuments({ login: from.id })).toBe(0);
    expect(await sessions.spendRefreshToken(text)).toEqual({ outcome: 'unknown' });
  });

  it('ends the whole login from any of its sessions, and no other login', async () => {
    const [first, other] = [await logIn(), await logIn()];
    const second = await sessions.enter(first, 't2');
    const third = await sessions.enter(second, 't3');
    await sessions.end(second.id);
    for (const { id } of [first, second, third]) expect(await sessions.find(id)).toBeUndefined();
    expect(await sessions.find(other.id)).toMatchObject({ entered: 't1' });
  });
});
