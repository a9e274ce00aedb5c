import type { Child } from './child.ts';
import { say } from './say.ts';

/** npm and the terminal both deliver one Ctrl-C, so signals close together are one. */
const samePressMs = 700;

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Owns the launcher's signals and everything it has to stop, in reverse order of the start. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #children: Child[] = [];
  #firstAtMs = 0;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly adopt = (child: Child): void => {
    this.#children.push(child);
  };

  get children(): readonly Child[] {
    return this.#children;
  }

  listen(): void {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => this.#onSignal(name));
    }
    // up.mjs holds the other end: when it is gone, nobody is left to interrupt us.
    process.on('disconnect', () => this.#interrupt('the terminal is gone'));
    process.channel?.unref();
  }

  /** In reverse: services drain while the servers they need are still there. */
  async stopAll(): Promise<void> {
    const groups = stopOrder(this.#children);
    for (const group of groups) await Promise.all(group.map((child) => child.stop()));
  }

  #interrupt(by: string): void {
    if (!this.signal.aborted) this.#controller.abort(new Interrupted(by));
  }

  #onSignal(name: string): void {
    const now = Date.now();
    if (!this.signal.aborted) {
      this.#firstAtMs = now;
      this.#interrupt(name);
      return;
    }
    if (now - this.#firstAtMs < samePressMs) return;
    say('✖ killing what is left');
    for (const child of this.#children) child.kill();
    process.exit(130);
  }
}

/** Services one after the other from the last started; the servers, which do not know each other, together. */
function stopOrder(children: readonly Child[]): Child[][] {
  const services = children.filter((child) => child.spec.kind === 'service');
  const servers = children.filter((child) => child.spec.kind === 'server');
  return [...services.toReversed().map((child) => [child]), servers];
}

export async function forEver(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  // An unreferenced promise would let the process end.
  const keepAlive = setInterval(() => undefined, 60_000);
  if (!signal.aborted) await promise;
  clearInterval(keepAlive);
}
