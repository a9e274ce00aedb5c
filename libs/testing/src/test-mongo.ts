import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';

export interface TestMongo {
  readonly uri: string;
  readonly database: string;
  drop(): Promise<void>;
}

/** Mongo's own refusal by a collection validator (row V6). */
export function isRejectedDocument(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === 121;
}

/** A database of its own on the server of MONGODB_URI; nothing is created until it is used. */
export function testMongo(): TestMongo {
  const uri = process.env['MONGODB_URI'];
  if (!uri) throw new Error('MONGODB_URI is not set: integration tests need a real MongoDB');
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  return {
    uri,
    database,
    drop: async () => {
      const connection = await mongoose.createConnection(uri, { dbName: database }).asPromise();
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
