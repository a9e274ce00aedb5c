import { describe, expect, it } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import { Logger, type LogFields } from './logger.js';
import { NestLogger, bootReason } from './nest-logger.js';
import { withRequestScope } from './request-scope.js';

function recorder() {
  const lines: string[] = [];
  let dropped = 0;
  const logger = new Logger({
    service: 'test',
    level: 'debug',
    destination: { write: (line) => lines.push(line) },
    onDropped: (count) => {
      dropped += count;
    },
  });
  const last = (): Record<string, unknown> =>
    JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
  return { logger, lines, last, dropped: () => dropped };
}

const canaries = {
  phone: '+15551234567',
  'phone in digits': '15551234567',
  'phone with dashes': '555-123-4567',
  'phone inside': 'call to +44 20 7946 0958 failed',
  email: 'ada@example.com',
  password: 'password=correct horse',
  'access token': 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl',
  bearer: 'Bearer abcdefghijklmnop',
  'API key': 'tl_run_12345678_4fT9xQ2mZ7bK1nV5cR8wY3sD6gH0jL4pA9eU2iO7tX5',
  'admin key': 'tl_adm_12345678_x',
  'provider key': 'sk-proj-4fT9xQ2mZ7bK1nV5cR8wY3sD6gH0jL4pA',
  'carrier account': `${'A'}C0123456789abcdef0123456789abcdef`,
  'connection string': 'mongodb://root:hunter2@db/trunkline',
  'random secret': '4fT9xQ2mZ7bK1nV5cR8wY3sD6gH0jL4pA9eU2iO7tX5',
  transcript: 'My card is 4111 1111 1111 1111, thanks!',
  pem: '-----BEGIN PRIVATE KEY-----',
};
const cases = Object.entries(canaries);

describe('Logger', () => {
  it('writes one JSON object with the event, its fields and the request', () => {
    const { logger, last, dropped } = recorder();
    withRequestScope({ requestId: 'request-1' }, () =>
      logger.info('agent.published', {
        tenant: 'acme',
        v: 3,
        isDuplicate: false,
        route: '/v1/agents/:id',
      }),
    );
    expect(last()).toMatchObject({
      level: 'info',
      service: 'test',
      event: 'agent.published',
      requestId: 'request-1',
      tenant: 'acme',
      v: 3,
      isDuplicate: false,
      route: '/v1/agents/:id',
    });
    expect(dropped()).toBe(0);
  });

  it('keeps ids of the platform readable', () => {
    const { logger, last } = recorder();
    const ids = {
      agentId: '019ab3f0-1111-7222-8333-444455556666',
      keyId: '7f9c24e8b1d3a5067f9c24e8b1d3a506',
      requestId: '12345678-1234-4234-8234-1234a6789012',
      type: 'user.password-changed',
      route: '/v1/auth/password-resets/:id',
    };
    logger.info('id.check', ids);
    expect(last()).toMatchObject(ids);
  });

  it('drops unknown fields and counts them', () => {
    const { logger, last, dropped } = recorder();
    logger.info('user.created', { email: 'x', body: {}, tenant: 'acme' } as LogFields);
    expect(last()).not.toHaveProperty('email');
    expect(last()).toMatchObject({ tenant: 'acme', dropped: 2 });
    expect(dropped()).toBe(2);
  });

  it.each(cases)('lets no %s in through an allowed field', (_what, canary) => {
    const { logger, lines } = recorder();
    const child = logger.child({ component: canary, id: canary });
    child.info('canary.check', { tenant: canary, reason: canary, code: canary, host: canary });
    child.info('canary.check', {
      status: canary,
      isReady: canary,
      count: [canary],
      kind: { canary },
    });
    withRequestScope({ requestId: canary }, () => logger.info('canary.check'));
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain(canary);
  });

  it.each(cases)('lets no %s in through an error', (_what, canary) => {
    const { logger, lines } = recorder();
    const cause = Object.assign(new Error(`bad value ${canary}\n    at ${canary} (file.js:1:1)`), {
      code: canary,
      syscall: canary,
      response: { body: canary },
    });
    cause.name = canary;
    logger.error('canary.check', {
      error: new AppError('internal', { cause, details: { canary } }),
    });
    logger.error('canary.check', { error: canary });
    logger.error('canary.check', { error: { message: canary } });
    expect(lines.join('')).not.toContain(canary);
  });

  it.each(cases)('lets no %s in through the name of the event or Nest', (_what, canary) => {
    const { logger, lines, last } = recorder();
    logger.info(canary);
    expect(last()).toMatchObject({ event: 'log.unnamed', dropped: 1 });
    const nest = new NestLogger(logger);
    nest.log(canary, canary);
    nest.warn(canary, canary);
    nest.error(new Error(canary), canary, 'Canary');
    nest.error(canary, canary, canary);
    nest.fatal(canary);
    nest.debug(canary);
    nest.verbose(canary);
    expect(lines.join('')).not.toContain(canary);
    expect(bootReason(new Error(canary))).not.toContain(canary);
  });

  it('says where an error came from, not what it said', () => {
    const { logger, last } = recorder();
    const cause = Object.assign(new TypeError('private text'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
    logger.error('store.failed', { error: new AppError('store.unavailable', { cause }) });
    expect(last()['error']).toMatchObject({
      name: 'AppError',
      code: 'store.unavailable',
      frames: expect.arrayContaining([expect.stringContaining('logger.spec.ts')]),
      cause: { name: 'TypeError', code: 'ECONNREFUSED', syscall: 'connect' },
    });
  });

  it('writes nothing below its level', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    const logger = new Logger({ service: 'test', level: 'warn', destination });
    logger.info('too.low');
    logger.warn('high.enough');
    expect(lines).toHaveLength(1);
  });
});
