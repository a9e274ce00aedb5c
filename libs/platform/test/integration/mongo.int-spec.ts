import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectMongo, isDuplicateKey, trusted, type Mongo } from '@trunkline/platform';
import { isRejectedDocument, testMongo } from '@trunkline/testing';
import { Registry } from 'prom-client';

interface Parcel {
  readonly _id: string;
  readonly tenant: string;
  readonly state: string;
  readonly weight: number;
  readonly label?: { readonly colour: string };
}

const shape = {
  indexes: [{ keys: { tenant: 1, state: 1 } as const }],
  enums: { state: ['posted', 'moved'], 'label.colour': ['red', 'green'] },
};

describe('Mongo', () => {
  const place = testMongo();
  const metrics = new Registry();
  let mongo: Mongo;
  const parcels = () => mongo.tenantCollection<Parcel>('parcels');
  const parcel = (id: string, tenant = 't1'): Parcel => ({
    _id: id,
    tenant,
    state: 'posted',
    weight: 1,
  });

  beforeAll(async () => {
    mongo = await connectMongo({ ...place, metrics });
    await mongo.ensureCollection('parcels', shape);
    await parcels().insertOne('t1', { ...parcel('p1'), weight: 3 });
    await parcels().insertOne('t1', { ...parcel('p2'), state: 'moved' });
    await parcels().insertOne('t2', parcel('p3', 't2'));
  });

  afterAll(async () => {
    await mongo.close();
    await place.drop();
  });

  it('V3 finds, counts, changes and deletes only what belongs to the tenant', async () => {
    expect(await parcels().count('t1', {})).toBe(2);
    expect(await parcels().findOne('t1', { _id: 'p3' })).toBeUndefined();
    expect(await parcels().deleteMany('t1', { _id: 'p3' })).toBe(0);
    const update = { $set: { weight: 9 } };
    expect(await parcels().updateOne('t1', { _id: 'p3' }, { update })).toEqual({ matched: 0 });
    expect(await parcels().updateMany('t1', { _id: 'p3' }, update)).toEqual({ matched: 0 });
    expect(await parcels().findOne('t2', { _id: 'p3' })).toMatchObject({ weight: 1 });
    expect(await parcels().distinct('t2', 'weight', {})).toEqual([1]);
  });

  it('does not find what a view has only versions of', async () => {
    const stub = { _id: 'p8', tenant: 't3', absent: true, v: { parcel: 1 } };
    await mongo.platformCollection<typeof stub>('stubs').insertOne(stub);
    const stubs = mongo.tenantCollection<typeof stub>('stubs');
    expect(await stubs.findOne('t3', { _id: 'p8' })).toBeUndefined();
    expect(await stubs.find('t3', {})).toEqual([]);
    expect(await stubs.count('t3', {})).toBe(0);
    expect(await stubs.distinct('t3', '_id', {})).toEqual([]);
  });

  it('V3 refuses a query without a tenant and a document of another one', async () => {
    await expect(parcels().find('', {})).rejects.toThrow(TypeError);
    await expect(parcels().insertOne('t1', parcel('p9', 't2'))).rejects.toThrow(TypeError);
    const change = { doc: parcel('p1', 't2') };
    await expect(parcels().replaceOne('t1', { _id: 'p1' }, change)).rejects.toThrow(TypeError);
    const smuggled = parcels().find('t1', { weight: JSON.parse('{"$gt":0}') });
    await expect(smuggled).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('V3 refuses an index that does not start with the tenant', async () => {
    const indexes = [{ keys: { state: 1, tenant: 1 } as const }];
    await expect(mongo.ensureCollection('wrong', { indexes })).rejects.toThrow(TypeError);
  });

  it('sorts, limits and projects', async () => {
    const options = { sort: { weight: -1 }, limit: 1, projection: { weight: 1 } } as const;
    const filter = { weight: trusted({ $gte: 1 }) };
    expect(await parcels().find('t1', filter, options)).toEqual([{ _id: 'p1', weight: 3 }]);
  });

  it('V6 lets Mongo itself refuse a value that is not in the enum', async () => {
    const wrong = parcels().insertOne('t1', { ...parcel('p4'), state: 'lost' });
    await expect(wrong.catch(isRejectedDocument)).resolves.toBe(true);
    const update = { $set: { 'label.colour': 'blue' } } as object;
    const changed = parcels().updateOne('t1', { _id: 'p1' }, { update });
    await expect(changed.catch(isRejectedDocument)).resolves.toBe(true);
    const natively = mongo
      .platformCollection<Parcel>('parcels')
      .insertOne({ ...parcel('p5'), state: '' });
    await expect(natively.catch(isRejectedDocument)).resolves.toBe(true);
  });

  it('adjusts what is there and may be repeated by two replicas at once', async () => {
    const more = { ...shape, enums: { ...shape.enums, state: ['posted', 'moved', 'lost'] } };
    await Promise.all([1, 2, 3].map(() => mongo.ensureCollection('fresh', more)));
    await mongo.ensureCollection('fresh', shape);
    const fresh = mongo.tenantCollection<Parcel>('fresh');
    const late = fresh.insertOne('t1', { ...parcel('p1'), state: 'lost' });
    await expect(late.catch(isRejectedDocument)).resolves.toBe(true);
  });

  it('leaves a duplicate key to the caller', async () => {
    const twice = parcels().insertOne('t1', parcel('p1'));
    await expect(twice.catch(isDuplicateKey)).resolves.toBe(true);
  });

  it('commits a transaction whole or not at all', async () => {
    const moving = mongo.transaction(async (session) => {
      const update = { $set: { weight: 77 } };
      await parcels().updateOne('t1', { _id: 'p2' }, { update, session });
      throw new Error('changed my mind');
    });
    await expect(moving).rejects.toThrow('changed my mind');
    expect(await parcels().findOne('t1', { _id: 'p2' })).toMatchObject({ weight: 1 });
  });

  it('T17 answers 200 parallel reads over a pool of 5 and shows the bound as a metric', async () => {
    const reads = Array.from({ length: 200 }, () => parcels().findOne('t1', { _id: 'p1' }));
    const sizes: number[] = [];
    const watched = reads.map((read) =>
      read.then((found) => {
        sizes.push(mongo.pool().size, mongo.pool().inUse);
        return found?._id;
      }),
    );
    expect(new Set(await Promise.all(watched))).toEqual(new Set(['p1']));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5);
    expect(mongo.pool()).toMatchObject({ maxSize: 5, size: 5, inUse: 0, waiting: 0 });
    const text = await metrics.metrics();
    expect(text).toContain('mongo_pool_max_size 5');
    expect(text).toContain('mongo_pool_size 5');
  });

  it('answers a ping', async () => {
    await expect(mongo.ping()).resolves.toBeUndefined();
  });
});

describe('Mongo that is not there', () => {
  it('is a fault that may pass', async () => {
    const uri = 'mongodb://127.0.0.1:1/?directConnection=true&serverSelectionTimeoutMS=200';
    const connecting = connectMongo({ uri, database: 'nowhere' });
    await expect(connecting).rejects.toMatchObject({ code: 'store.unavailable', retryable: true });
  });

  it('closed under way is the same fault, through a cursor too', async () => {
    const place = testMongo();
    const mongo = await connectMongo(place);
    const native = mongo.platformCollection<Parcel>('parcels');
    await mongo.close();
    const fault = { code: 'store.unavailable' };
    await expect(native.findOne({ _id: 'x' })).rejects.toMatchObject(fault);
    await expect(native.find({}).sort({ _id: 1 }).toArray()).rejects.toMatchObject(fault);
    const iterate = async (): Promise<void> => {
      for await (const found of native.find({})) expect(found).toBeDefined();
    };
    await expect(iterate()).rejects.toMatchObject(fault);
    await expect(mongo.ping()).rejects.toMatchObject(fault);
  });
});
