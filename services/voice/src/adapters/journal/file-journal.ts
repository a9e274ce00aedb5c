import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  FactJournal,
  type FactRecord,
  type KeptFact,
  type LeftFacts,
} from '../../app/facts/fact-journal.js';
import { JournalFile } from './journal-file.js';

export interface JournalLimits {
  readonly maxBytes: number;
  /** From here on nothing new should begin. */
  readonly nearlyFullBytes: number;
  /** Kept back for `call.ended`. */
  readonly reservedBytes: number;
  readonly fileBytes: number;
}

const MIB = 1024 * 1024;
export const journalLimits: JournalLimits = {
  maxBytes: 64 * MIB,
  nearlyFullBytes: Math.floor(64 * MIB * 0.8),
  reservedBytes: MIB,
  fileBytes: 4 * MIB,
};

const SUFFIX = '.journal';

/** A folder of append-only files; each goes when the log has all that is in it. */
export class FileJournal extends FactJournal {
  readonly #folder: string;
  readonly #limits: JournalLimits;
  readonly #files = new Set<JournalFile>();
  readonly #closing = new Set<Promise<unknown>>();
  readonly #run = `${Date.now()}-${process.pid}`;
  #current: JournalFile | undefined;
  #count = 0;
  #leftBytes = 0;

  constructor(folder: string, limits: JournalLimits = journalLimits) {
    super();
    this.#folder = folder;
    this.#limits = limits;
  }

  override get bytes(): number {
    return [...this.#files].reduce((sum, file) => sum + file.bytes, this.#leftBytes);
  }

  override get isNearlyFull(): boolean {
    return this.bytes >= this.#limits.nearlyFullBytes;
  }

  override keep(record: FactRecord): KeptFact | undefined {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    const { maxBytes, reservedBytes } = this.#limits;
    const room = record.fact.type === 'call.ended' ? maxBytes : maxBytes - reservedBytes;
    if (this.bytes + line.length > room) return undefined;
    return this.#fileFor(line.length).append(line);
  }

  override async left(): Promise<LeftFacts> {
    const paths = (await namesIn(this.#folder))
      .filter((name) => name.endsWith(SUFFIX) && !name.startsWith(this.#run))
      .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
      .map((name) => join(this.#folder, name));
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    this.#leftBytes = sizes.reduce((sum, size) => sum + size, 0);
    const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
    return {
      records: texts.flatMap(recordsIn),
      forget: async () => {
        await Promise.all(paths.map((path) => rm(path, { force: true })));
        this.#leftBytes = 0;
      },
    };
  }

  override async close(): Promise<void> {
    await Promise.all([...this.#files].map((file) => file.close()));
    await Promise.all(this.#closing);
  }

  #fileFor(bytes: number): JournalFile {
    const current = this.#current;
    if (current && current.bytes + bytes <= this.#limits.fileBytes) return current;
    this.#count += 1;
    const name = `${this.#run}-${this.#count}${SUFFIX}`;
    const opening = async () => {
      await mkdir(this.#folder, { recursive: true });
      return open(join(this.#folder, name), 'ax');
    };
    const file = new JournalFile(opening, () => this.#drop(file, name));
    this.#files.add(file);
    this.#current = file;
    return file;
  }

  /** Everything in it is in the log. */
  #drop(file: JournalFile, name: string): void {
    this.#files.delete(file);
    if (this.#current === file) this.#current = undefined;
    // A file that stays is read again at the next start, and found to be known.
    const tracked = Promise.allSettled([
      file.close().then(() => rm(join(this.#folder, name), { force: true })),
    ]);
    this.#closing.add(tracked);
    void tracked.then(() => this.#closing.delete(tracked));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return readdir(folder);
}

/** The last line may be cut off: nobody was told that it is safe. */
function recordsIn(text: string): FactRecord[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as FactRecord];
    } catch {
      return [];
    }
  });
}
