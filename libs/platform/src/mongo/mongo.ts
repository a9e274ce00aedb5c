import { withDeadline } from '@trunkline/kernel';
import type { ClientSession, Collection, Db, Document, MongoClientOptions } from 'mongodb';
import mongoose, { type Connection } from 'mongoose';
import { Gauge, type Registry } from 'prom-client';
import { ensureCollection, type CollectionShape } from './ensure-collection.js';
import { PoolWatch, type PoolState } from './pool-watch.js';
import { guardFaults, translateStoreFault } from './store-faults.js';
import { TenantCollection, type TenantDocument } from './tenant-collection.js';

export interface MongoOptions {
  readonly uri: string;
  readonly database: string;
  readonly maxPoolSize?: number;
  readonly appName?: string;
  /** Where the pool's gauges go. */
  readonly metrics?: Registry;
}

const DEFAULT_POOL_SIZE = 5;
const PING_LIMIT_MS = 2000;
const CLOSE_LIMIT_MS = 5000;

/** The read models of one service: one database, one bounded pool per process. */
export class Mongo {
  readonly #connection: Connection;
  readonly #database: string;
  readonly #pool: PoolWatch;

  constructor(parts: { connection: Connection; database: string; pool: PoolWatch }) {
    this.#connection = parts.connection;
    this.#database = parts.database;
    this.#pool = parts.pool;
  }

  tenantCollection<Doc extends TenantDocument>(name: string): TenantCollection<Doc> {
    return new TenantCollection<Doc>(guardFaults(this.#db().collection<Doc>(name)));
  }

  /**
   * The native collection, without the tenant's guard. Only files listed in the boundary
   * check may call it: reads before a tenant is known, the projector, the archiver.
   */
  platformCollection<Doc extends Document>(name: string): Collection<Doc> {
    return guardFaults(this.#db().collection<Doc>(name));
  }

  /** The native database, for the same few as `platformCollection`. */
  platformDatabase(): Db {
    return guardFaults(this.#db());
  }

  async ensureCollection(name: string, shape: CollectionShape): Promise<void> {
    try {
      await ensureCollection(this.#db(), name, shape);
    } catch (error) {
      throw translateStoreFault(error);
    }
  }

  async transaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
    try {
      return await this.#connection
        .getClient()
        .withSession((session) => session.withTransaction(() => work(session)));
    } catch (error) {
      throw translateStoreFault(error);
    }
  }

  /** A real round trip, for readiness. */
  async ping(signal?: AbortSignal): Promise<void> {
    const limits = { limitMs: PING_LIMIT_MS, code: 'store.unavailable', signal };
    await withDeadline(limits, () => guardFaults(this.#db()).command({ ping: 1 }));
  }

  pool(): PoolState {
    return this.#pool.state();
  }

  async close(): Promise<void> {
    const limits = { limitMs: CLOSE_LIMIT_MS, code: 'store.unavailable' };
    await withDeadline(limits, () => this.#connection.close());
  }

  #db(): Db {
    return this.#connection.getClient().db(this.#database);
  }
}

export async function connectMongo(options: MongoOptions): Promise<Mongo> {
  const maxPoolSize = options.maxPoolSize ?? DEFAULT_POOL_SIZE;
  const client = new mongoose.mongo.MongoClient(options.uri, {
    ...clientLimits,
    appName: options.appName ?? options.database,
    maxPoolSize,
  });
  // Listening before the first connection: the driver does not tell afterwards how many it has.
  const pool = new PoolWatch(client, maxPoolSize);
  const connection = mongoose.createConnection();
  try {
    await client.connect();
    connection.setClient(client);
  } catch (error) {
    await client.close();
    throw translateStoreFault(error);
  }
  if (options.metrics) exposePool(options.metrics, pool);
  return new Mongo({ connection, database: options.database, pool });
}

const clientLimits: MongoClientOptions = {
  minPoolSize: 1,
  serverSelectionTimeoutMS: 3000,
  connectTimeoutMS: 3000,
  socketTimeoutMS: 15_000,
  waitQueueTimeoutMS: 10_000,
  retryReads: true,
  retryWrites: true,
  writeConcern: { w: 'majority' },
  readConcernLevel: 'majority',
};

function exposePool(registry: Registry, pool: PoolWatch): void {
  const rows: [name: string, help: string, read: (state: PoolState) => number][] = [
    ['mongo_pool_max_size', 'Connections the pool may hold', (state) => state.maxSize],
    ['mongo_pool_size', 'Connections the pool holds', (state) => state.size],
    ['mongo_pool_in_use', 'Connections in use', (state) => state.inUse],
    ['mongo_pool_waiting', 'Operations that wait for a connection', (state) => state.waiting],
  ];
  for (const [name, help, read] of rows) {
    const collect = function (this: Gauge): void {
      this.set(read(pool.state()));
    };
    registry.registerMetric(new Gauge({ name, help, registers: [], collect }));
  }
}
