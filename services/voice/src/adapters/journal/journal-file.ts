import type { FileHandle } from 'node:fs/promises';
import { deferred, type Deferred } from '@trunkline/kernel';
import type { KeptFact } from '../../app/facts/fact-journal.js';

interface Waiting {
  readonly line: Buffer;
  readonly saved: Deferred<boolean>;
}

/** Lines that come while others are being synced go to the disk together: one sync for all. */
export class JournalFile {
  readonly #open: () => Promise<FileHandle>;
  readonly #onEmpty: () => void;
  #handle: FileHandle | undefined;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #outstanding = 0;
  #isClosed = false;
  bytes = 0;

  constructor(open: () => Promise<FileHandle>, onEmpty: () => void) {
    this.#open = open;
    this.#onEmpty = onEmpty;
  }

  append(line: Buffer): KeptFact {
    const saved = deferred<boolean>();
    this.bytes += line.length;
    this.#outstanding += 1;
    this.#waiting.push({ line, saved });
    this.#running ??= this.#run();
    return { saved: saved.promise, forget: () => this.#forget() };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
    await this.#handle?.close();
  }

  #forget(): void {
    this.#outstanding -= 1;
    if (this.#outstanding === 0 && !this.#isClosed) this.#onEmpty();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const isSaved = await this.#save(Buffer.concat(batch.map(({ line }) => line)));
      for (const { saved } of batch) saved.resolve(isSaved);
    }
    this.#running = undefined;
  }

  async #save(lines: Buffer): Promise<boolean> {
    try {
      this.#handle ??= await this.#open();
      await this.#handle.appendFile(lines);
      await this.#handle.datasync();
      return true;
    } catch {
      // Whoever wrote the lines is told, and says so in the log with the call it is about.
      return false;
    }
  }
}
