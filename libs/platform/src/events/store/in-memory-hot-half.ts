import {
  HotHalf,
  type PublishAttempt,
  type PublishReply,
  type ReadOptions,
  type StoredMessage,
} from './hot-half.js';

/** What a test may do to the log. */
export interface LogFaults {
  /** The next so many publishes are stored and their acknowledgements lost. */
  lostAcks: number;
  /** The next so many publishes are neither stored nor answered. */
  lostPublishes: number;
  /** The next so many publishes are not answered, and arrive after the next read has ended. */
  latePublishes: number;
  full: boolean;
  unavailable: boolean;
  /** Nothing is stored, answered or read. */
  frozen: boolean;
}

export interface InMemoryMessage extends StoredMessage {
  readonly subject: string;
}

/** A stream in memory: one sequence for all subjects, a check of the expected one, no clock. */
export class InMemoryHotHalf extends HotHalf {
  readonly faults: LogFaults = {
    lostAcks: 0,
    lostPublishes: 0,
    latePublishes: 0,
    full: false,
    unavailable: false,
    frozen: false,
  };
  #messages: readonly InMemoryMessage[] = [];
  #lastSeq = 0;
  #late: PublishAttempt[] = [];

  get reachable(): boolean {
    return !this.faults.unavailable;
  }

  get closed(): boolean {
    return false;
  }

  get messages(): readonly InMemoryMessage[] {
    return this.#messages;
  }

  async publish(attempt: PublishAttempt): Promise<PublishReply> {
    await Promise.resolve();
    if (this.faults.unavailable) return { kind: 'unreachable', cause: new Error('unavailable') };
    if (this.faults.frozen) return { kind: 'unknown', cause: new Error('frozen') };
    if (this.faults.full) return { kind: 'full', cause: new Error('full') };
    if (this.#spend('lostPublishes')) return { kind: 'unknown', cause: new Error('lost') };
    if (this.#spend('latePublishes')) {
      this.#late.push(attempt);
      return { kind: 'unknown', cause: new Error('late') };
    }
    const reply = this.#store(attempt);
    const ackLost = reply.kind === 'stored' && this.#spend('lostAcks');
    return ackLost ? { kind: 'unknown', cause: new Error('ack lost') } : reply;
  }

  async next(subject: string, afterSeq: number): Promise<StoredMessage | undefined> {
    await this.#answer();
    const found = this.#of(subject).find((message) => message.seq > afterSeq);
    for (const attempt of this.#late.splice(0)) this.#store(attempt);
    return found;
  }

  async lastSeq(subject: string): Promise<number> {
    await this.#answer();
    return this.#of(subject).at(-1)?.seq ?? 0;
  }

  async readAll(subject: string, _options: ReadOptions): Promise<readonly StoredMessage[]> {
    await this.#answer();
    return this.#of(subject);
  }

  /** Stores without any check, as an older release of the platform might have. */
  put(subject: string, data: Uint8Array): number {
    this.#lastSeq += 1;
    this.#messages = [...this.#messages, { subject, data, seq: this.#lastSeq }];
    return this.#lastSeq;
  }

  purge(subject: string): void {
    this.#messages = this.#messages.filter((message) => message.subject !== subject);
  }

  #store(attempt: PublishAttempt): PublishReply {
    const last = this.#of(attempt.subject).at(-1)?.seq ?? 0;
    if (last !== attempt.expectedSeq) return { kind: 'mismatch' };
    return { kind: 'stored', seq: this.put(attempt.subject, attempt.payload) };
  }

  #of(subject: string): readonly InMemoryMessage[] {
    return this.#messages.filter((message) => message.subject === subject);
  }

  async #answer(): Promise<void> {
    await Promise.resolve();
    if (this.faults.unavailable || this.faults.frozen) throw new Error('no answer');
  }

  #spend(fault: 'lostAcks' | 'lostPublishes' | 'latePublishes'): boolean {
    if (this.faults[fault] === 0) return false;
    this.faults[fault] -= 1;
    return true;
  }
}
