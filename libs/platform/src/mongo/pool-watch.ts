import type { MongoClient } from 'mongodb';

export interface PoolState {
  readonly maxSize: number;
  /** Open connections. */
  readonly size: number;
  readonly inUse: number;
  /** Operations that wait for a connection right now. */
  readonly waiting: number;
}

/** Counts what the driver tells about its pool; it has no call that answers this. */
export class PoolWatch {
  readonly #maxSize: number;
  #size = 0;
  #inUse = 0;
  #waiting = 0;

  constructor(client: MongoClient, maxSize: number) {
    this.#maxSize = maxSize;
    client.on('connectionCreated', () => (this.#size += 1));
    client.on('connectionClosed', () => (this.#size -= 1));
    client.on('connectionCheckOutStarted', () => (this.#waiting += 1));
    client.on('connectionCheckOutFailed', () => (this.#waiting -= 1));
    client.on('connectionCheckedOut', () => {
      this.#waiting -= 1;
      this.#inUse += 1;
    });
    client.on('connectionCheckedIn', () => (this.#inUse -= 1));
  }

  state(): PoolState {
    return {
      maxSize: this.#maxSize,
      size: this.#size,
      inUse: this.#inUse,
      waiting: this.#waiting,
    };
  }
}
