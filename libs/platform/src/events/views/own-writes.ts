import { setImmediate as nextTurn } from 'node:timers/promises';

const MAX_NOTES = 10_000;

/**
 * What this process is writing into its views by itself. Its projectors meet the same events a
 * moment later, or even before the log's answer is read: for them the write counts, and they
 * neither read the event nor look.
 */
export class OwnWrites {
  readonly #notes = new Map<string, Promise<unknown>>();
  readonly #sending = new Map<string, Promise<void>>();

  /** When an event is sent. Whoever shows it does so as soon as `append` is settled. */
  readonly sending = (eventId: string, append: Promise<unknown>): void => {
    this.#sending.set(eventId, this.#shown(eventId, append));
  };

  /** `write` rejects unless the view has the event. Full: the oldest goes, which costs a look. */
  note(projection: string, eventId: string, write: Promise<unknown>): void {
    const oldest = this.#notes.keys().next();
    if (this.#notes.size >= MAX_NOTES && !oldest.done) this.#notes.delete(oldest.value);
    this.#notes.set(keyOf(projection, eventId), write);
  }

  /** True: the event is in the view. A note counts once, so what comes again is looked at. */
  async has(projection: string, eventId: string): Promise<boolean> {
    const key = keyOf(projection, eventId);
    if (!this.#notes.has(key)) await this.sent(eventId);
    const write = this.#notes.get(key);
    if (!write) return false;
    this.#notes.delete(key);
    const [written] = await Promise.allSettled([write]);
    return written.status === 'fulfilled';
  }

  /** Resolves once whoever appends it in this process has had its turn to show it. */
  async sent(eventId: string): Promise<void> {
    await this.#sending.get(eventId);
  }

  async #shown(eventId: string, append: Promise<unknown>): Promise<void> {
    await Promise.allSettled([append]);
    await nextTurn();
    this.#sending.delete(eventId);
  }
}

function keyOf(projection: string, eventId: string): string {
  return `${projection} ${eventId}`;
}
