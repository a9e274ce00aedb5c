import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, systemClock } from '@trunkline/kernel';
import { connectMongo, type Mongo } from '@trunkline/platform';
import { testMongo } from '@trunkline/testing';
import { MongoLinks } from '../../src/adapters/mongo/links.js';
import type { Identity } from '../../src/app/identity.js';
import { resetPassword } from '../../src/app/passwords.js';

const newPassword = 'a sentence I remember';

/** The parts a reset works with; each of them can be made to fail. */
class Parts {
  appended: string[] = [];
  failing: 'hasher' | 'log' | undefined;

  constructor(readonly links: MongoLinks) {}

  reset(token: string): Promise<void> {
    const identity = {
      links: this.links,
      hasher: { hash: (password: string) => this.#unless('hasher', `hash of ${password}`) },
      facts: {
        change: async (_: unknown, { command }: { command: { type: string } }) => {
          this.appended.push(await this.#unless('log', command.type));
          return { state: { epoch: 1 } };
        },
      },
    } as unknown as Identity;
    return resetPassword(identity, { token, newPassword }, { correlationId: 'r1' } as never);
  }

  async #unless(part: 'hasher' | 'log', answer: string): Promise<string> {
    if (this.failing === part) throw new AppError('service.unavailable', { retryable: true });
    return answer;
  }
}

describe('the link of a reset', () => {
  const database = testMongo();
  let mongo: Mongo;
  let parts: Parts;

  beforeAll(async () => {
    mongo = await connectMongo({ uri: database.uri, database: database.database });
    await MongoLinks.prepare(mongo);
  });
  beforeEach(() => {
    parts = new Parts(new MongoLinks(mongo, systemClock));
  });
  afterAll(async () => {
    await mongo.close();
    await database.drop();
  });

  it.each(['hasher', 'log'] as const)('outlives a %s that could not do it', async (part) => {
    const token = await parts.links.issue('reset-password', 'u1');
    parts.failing = part;
    await expect(parts.reset(token)).rejects.toMatchObject({ code: 'service.unavailable' });
    parts.failing = undefined;
    await parts.reset(token);
    expect(parts.appended).toEqual(['change-password', 'verify-email']);
    await expect(parts.reset(token)).rejects.toMatchObject({ code: 'auth.link-spent' });
  });

  it('works for one of many who follow it at once', async () => {
    const token = await parts.links.issue('reset-password', 'u1');
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => parts.reset(token)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(parts.appended).toEqual(['change-password', 'verify-email']);
  });

  it('costs no hash when it is nonsense', async () => {
    parts.failing = 'hasher';
    await expect(parts.reset('nonsense')).rejects.toMatchObject({ code: 'auth.link-spent' });
  });
});
