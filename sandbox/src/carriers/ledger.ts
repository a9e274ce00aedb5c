import type { Carrier } from '@trunkline/contracts';

export interface LedgerEntry {
  readonly at: string;
  readonly carrier: Carrier;
  readonly accountId: string;
  readonly method: string;
  readonly path: string;
  readonly command: string;
  /**
   * What a create was for: Telnyx's command id, elsewhere the id in the answer URL's path. Two
   * accepted creates with one key are a call dialled twice (invariant I1).
   */
  readonly key?: string;
  readonly callId?: string;
  /** `0`: accepted, but never answered. */
  readonly status: number;
  readonly isAccepted: boolean;
}

const MAX_ENTRIES = 200_000;

/** Every request that changes something, in order; the oldest go first. */
export class Ledger {
  #entries: LedgerEntry[] = [];
  #dropped = 0;

  add(entry: LedgerEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length <= MAX_ENTRIES) return;
    this.#dropped += MAX_ENTRIES / 2;
    this.#entries = this.#entries.slice(MAX_ENTRIES / 2);
  }

  read(of: { readonly carrier?: string | undefined; readonly accountId?: string | undefined }): {
    readonly entries: readonly LedgerEntry[];
    readonly dropped: number;
  } {
    const entries = this.#entries.filter(
      (entry) =>
        (of.carrier === undefined || entry.carrier === of.carrier) &&
        (of.accountId === undefined || entry.accountId === of.accountId),
    );
    return { entries, dropped: this.#dropped };
  }
}

/** The id that our platform puts into its URLs: `…/calls/<id>/answer`. */
export function callIdInUrl(url: string): string | undefined {
  return /\/calls\/([^/?#]+)/.exec(url)?.[1];
}
