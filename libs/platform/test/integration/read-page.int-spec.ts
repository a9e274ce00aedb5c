import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  connectMongo,
  readPageById,
  readPageByTime,
  type Mongo,
  type Page,
} from '@trunkline/platform';
import { testMongo } from '@trunkline/testing';

interface Note {
  readonly _id: string;
  readonly tenant: string;
  readonly at: string;
}

/** Two of them were made in the same moment; ids do not sort by time. */
const notes: readonly Note[] = [
  { _id: 'c', tenant: 't', at: '2026-01-01' },
  { _id: 'a', tenant: 't', at: '2026-01-02' },
  { _id: 'b', tenant: 't', at: '2026-01-02' },
  { _id: 'd', tenant: 't', at: '2026-01-03' },
];

describe('pages', () => {
  const database = testMongo();
  let mongo: Mongo;
  beforeAll(async () => {
    mongo = await connectMongo(database);
    await mongo.ensureCollection('notes', { indexes: [] });
    for (const note of notes) await collection().insertOne('t', note);
  });
  afterAll(async () => {
    await mongo.close();
    await database.drop();
  });

  const collection = () => mongo.tenantCollection<Note>('notes');

  async function idsOf(read: (cursor: string | undefined) => Promise<Page<Note>>) {
    const ids: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await read(cursor);
      ids.push(page.items.map(({ _id }) => _id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return ids;
  }

  it('go by id, either way, and end without a page of nothing', async () => {
    const query = { tenant: 't', filter: {}, limit: 2 };
    const up = await idsOf((cursor) => readPageById(collection(), { ...query, cursor }));
    expect(up).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    const down = await idsOf((cursor) =>
      readPageById(collection(), { ...query, cursor, newestFirst: true, limit: 3 }),
    );
    expect(down).toEqual([['d', 'c', 'b'], ['a']]);
  });

  it('go by time, and by id within a moment that a page ends in', async () => {
    const query = { tenant: 't', filter: {}, by: 'at', limit: 2 } as const;
    const pages = await idsOf((cursor) => readPageByTime(collection(), { ...query, cursor }));
    expect(pages).toEqual([
      ['d', 'b'],
      ['a', 'c'],
    ]);
  });

  it.each(['x', 'bnVsbA', Buffer.from('[{"$gt":""},"a"]').toString('base64url')])(
    'refuse %s as a cursor',
    async (cursor) => {
      const query = { tenant: 't', filter: {}, by: 'at', limit: 2, cursor } as const;
      const refused = readPageByTime(collection(), query);
      await expect(refused).rejects.toMatchObject({ code: 'request.invalid' });
    },
  );
});
