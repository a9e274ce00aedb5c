import { AppError, isAppError } from '@trunkline/kernel';
import mongoose from 'mongoose';

const { mongo } = mongoose;

/** Server codes that mean "not now": stepping down, shutting down, out of time, no primary. */
const TRANSIENT_CODES = new Set([
  6, 7, 50, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436,
]);

/** By name: the driver exports only some of these classes. */
const FAULT_NAMES = new Set([
  'MongoClientClosedError',
  'MongoExpiredSessionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoPoolClearedOnNetworkError',
  'MongoServerSelectionError',
  'MongoTopologyClosedError',
  'MongoWaitQueueTimeoutError',
  'PoolClearedOnNetworkError',
]);

/**
 * What the driver throws when the world fails becomes `store.unavailable`. Duplicate keys,
 * rejected documents and mistakes in a query stay as they are: the caller has to know them.
 */
export function translateStoreFault(error: unknown): unknown {
  if (isAppError(error) || !isStoreFault(error)) return error;
  return new AppError('store.unavailable', { retryable: true, cause: error });
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === 11000;
}

function isStoreFault(error: unknown): boolean {
  if (!(error instanceof mongo.MongoError)) return false;
  return FAULT_NAMES.has(error.name) || TRANSIENT_CODES.has(Number(error.code));
}

/**
 * The same collection or cursor, with every rejection translated. Works on the native objects
 * so that the few owners of a platform collection keep the driver's whole API.
 */
export function guardFaults<T extends object>(target: T): T {
  return new Proxy(target, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property, object);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => guardResult(value.apply(object, args));
    },
  });

  function guardResult(result: unknown): unknown {
    if (result instanceof Promise) return result.catch(rethrow);
    if (result instanceof mongo.AbstractCursor) return guardFaults(result);
    if (isAsyncGenerator(result)) return guardIteration(result);
    return result;
  }
}

async function* guardIteration<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    rethrow(error);
  }
}

function isAsyncGenerator(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function rethrow(error: unknown): never {
  throw translateStoreFault(error);
}
