import { describe, expect, it } from '@jest/globals';
import { AppError, deferred } from '@trunkline/kernel';
import { HealthRegistry } from '../health/health-registry.js';
import { Logger } from '../telemetry/logger.js';
import { Lifecycle, stopPhases } from './lifecycle.js';

function world(budgetMs = 60_000) {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const logger = new Logger({ service: 'test', level: 'debug', destination });
  const health = new HealthRegistry();
  return { lines, health, lifecycle: new Lifecycle({ budgetMs, health, logger }) };
}

describe('Lifecycle', () => {
  it('goes through its phases in order and closes the last opened first', async () => {
    const { lifecycle } = world();
    const order: string[] = [];
    for (const phase of stopPhases.toReversed()) {
      for (const name of ['a', 'b']) {
        lifecycle.add(phase, `${phase} ${name}`, () =>
          Promise.resolve(void order.push(`${phase} ${name}`)),
        );
      }
    }
    expect(await lifecycle.stop('test')).toBe(0);
    expect(order).toEqual([
      'stop-taking a',
      'stop-taking b',
      'finish a',
      'finish b',
      'close-doors a',
      'close-doors b',
      'close b',
      'close a',
    ]);
  });

  it('is not ready and aborts its signal before anything else happens', async () => {
    const { lifecycle, health } = world();
    let seen: unknown;
    lifecycle.add('stop-taking', 'look', () => {
      seen = { isDraining: health.report().isDraining, isAborted: lifecycle.signal.aborted };
      return Promise.resolve();
    });
    await lifecycle.stop('test');
    expect(seen).toEqual({ isDraining: true, isAborted: true });
  });

  it('does not go on before the work is finished', async () => {
    const { lifecycle } = world();
    const work = deferred<void>();
    let isClosed = false;
    lifecycle.add('finish', 'work', () => work.promise);
    lifecycle.add('close', 'store', () => Promise.resolve(void (isClosed = true)));
    const stopping = lifecycle.stop('test');
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    work.resolve();
    expect(await stopping).toBe(0);
    expect(isClosed).toBe(true);
  });

  it('stops once, however often it is asked', async () => {
    const { lifecycle } = world();
    let times = 0;
    lifecycle.add('close', 'count', () => Promise.resolve(void (times += 1)));
    await Promise.all([lifecycle.stop('one'), lifecycle.stop('two')]);
    expect(times).toBe(1);
  });

  it('closes the rest when a step fails, and says so by its exit code', async () => {
    const { lifecycle, lines } = world();
    let isClosed = false;
    lifecycle.add('close', 'store', () => Promise.resolve(void (isClosed = true)));
    lifecycle.add('finish', 'work', () => Promise.reject(new AppError('store.unavailable')));
    expect(await lifecycle.stop('test')).toBe(1);
    expect(isClosed).toBe(true);
    expect(lines.join('')).toContain('"event":"lifecycle.step-failed","step":"work"');
  });

  it('names what hung when the budget is gone', async () => {
    const { lifecycle, lines } = world(5);
    lifecycle.add('finish', 'quick', () => Promise.resolve());
    lifecycle.add('finish', 'endless', () => new Promise(() => undefined));
    expect(await lifecycle.stop('test')).toBe(1);
    const hung = lines.filter((line) => line.includes('lifecycle.hung'));
    expect(hung).toHaveLength(1);
    expect(hung[0]).toContain('"step":"endless"');
  });
});
