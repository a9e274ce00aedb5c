/** Sockets that have not said yet which call they are of, by address: no stranger gets many. */
export class Waiting {
  readonly #maxPerIp: number;
  readonly #counts = new Map<string, number>();

  constructor(maxPerIp: number) {
    this.#maxPerIp = maxPerIp;
  }

  hasRoom(ip: string): boolean {
    return (this.#counts.get(ip) ?? 0) < this.#maxPerIp;
  }

  /** Answers how to leave; leaving twice is leaving once. */
  enter(ip: string): () => void {
    this.#counts.set(ip, (this.#counts.get(ip) ?? 0) + 1);
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      const left = (this.#counts.get(ip) ?? 1) - 1;
      if (left === 0) this.#counts.delete(ip);
      else this.#counts.set(ip, left);
    };
  }
}
