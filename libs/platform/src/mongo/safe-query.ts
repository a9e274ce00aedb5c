import { AppError } from '@trunkline/kernel';

const trustedValues = new WeakSet<object>();

const VALUE_OPERATORS = new Set([
  '$all',
  '$elemMatch',
  '$eq',
  '$exists',
  '$gt',
  '$gte',
  '$in',
  '$lt',
  '$lte',
  '$ne',
  '$nin',
  '$not',
  '$options',
  '$regex',
  '$size',
]);
const UPDATE_OPERATORS = new Set([
  '$addToSet',
  '$inc',
  '$max',
  '$min',
  '$pull',
  '$push',
  '$set',
  '$setOnInsert',
  '$unset',
]);
const COMBINERS = new Set(['$and', '$or', '$nor']);
const FIXED_FIELDS = new Set(['tenant', '_id']);

type Fields = Readonly<Record<string, unknown>>;

/**
 * Marks `{ $gt: … }` as written by us. A filter takes operators only from here, so an object
 * out of a request body that looks like one is refused instead of obeyed.
 */
export function trusted<T extends object>(operators: T): T {
  trustedValues.add(operators);
  return operators;
}

export function assertTenant(tenant: unknown): asserts tenant is string {
  if (typeof tenant === 'string' && tenant !== '') return;
  throw new TypeError('A query needs the tenant it belongs to');
}

/** Refuses a filter that names the tenant itself or carries operators nobody wrote here. */
export function assertSafeFilter(filter: Fields): void {
  for (const [key, value] of Object.entries(filter)) {
    if (COMBINERS.has(key)) {
      if (!Array.isArray(value)) throw unsafe(key);
      for (const part of value as Fields[]) assertSafeFilter(part);
      continue;
    }
    if (key === 'tenant' || key.startsWith('$')) throw unsafe(key);
    assertSafeValue(key, value);
  }
}

/** Only field operators on other fields than the fixed ones; no pipelines. */
export function assertSafeUpdate(update: Fields): void {
  if (Array.isArray(update)) throw unsafe('update');
  for (const [operator, fields] of Object.entries(update)) {
    if (!UPDATE_OPERATORS.has(operator)) throw unsafe(operator);
    for (const [path, value] of Object.entries(fields as Fields)) {
      if (FIXED_FIELDS.has(path) || path.startsWith('$')) throw unsafe(path);
      assertPlainData(path, value);
    }
  }
}

/** Data to be stored: no key may start with `$`. */
export function assertPlainData(path: string, value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) assertPlainData(path, item);
    return;
  }
  if (!isPlainObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key.startsWith('$') && !trustedValues.has(value)) throw unsafe(path);
    assertPlainData(path, item);
  }
}

function assertSafeValue(path: string, value: unknown): void {
  if (!isPlainObject(value) && !Array.isArray(value)) return;
  if (!trustedValues.has(value)) throw unsafe(path);
  for (const [operator, operand] of Object.entries(value)) {
    if (!VALUE_OPERATORS.has(operator)) throw unsafe(path);
    assertOperand(path, operand);
  }
}

/** Operands are scalars or lists of them: what a request can put there stays data. */
function assertOperand(path: string, operand: unknown): void {
  if (Array.isArray(operand)) {
    if (operand.some((item) => isPlainObject(item) || Array.isArray(item))) throw unsafe(path);
    return;
  }
  if (isPlainObject(operand)) assertSafeValue(path, operand);
}

function isPlainObject(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function unsafe(path: string): AppError {
  return new AppError('request.invalid', {
    details: { errors: [{ path, code: 'unsafe', message: 'operators are not accepted here' }] },
  });
}
