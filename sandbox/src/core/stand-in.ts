import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { z } from 'zod';

/** One request to a stand-in; `path` has no prefix and no query. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Read once and kept; throws TooLarge beyond the limit. */
  body(): Promise<Buffer>;
}

/** What is told to a stand-in under `/__control/<name>/…`. */
export interface ControlOrder {
  readonly method: string;
  /** `/script` of `/__control/openai/script`; `/` when nothing follows. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown;
}

/** One vendor of the world outside, under the prefix `/<name>/`. */
export interface StandIn {
  readonly name: string;
  /** The fault orders it understands (`faultsOf`). */
  readonly faults: z.ZodType;
  /** False: nothing here, the key checks are asked next. */
  request?(exchange: Exchange): Promise<boolean>;
  /** `path` has no prefix, but its query. It owns the socket from here on. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer, path: string): void;
  /** Throws BadOrder or a ZodError for what it does not understand; `undefined`: not found. */
  control?(order: ControlOrder): Promise<unknown>;
  /** `DELETE /__control`: settings and scripts back to normal. */
  reset?(): void;
  /** The sandbox ends: whatever still runs of its own accord. */
  close?(): Promise<void>;
}

export class BadOrder extends Error {
  override readonly name = 'BadOrder';
}
