import type { agentsRuntimeRequests, WebhookNotice } from '@trunkline/contracts';
import type { Clock } from '@trunkline/kernel';
import type { Logger, Requests } from '@trunkline/platform';
import type { z } from 'zod';
import type { CarrierAccounts } from './carrier-accounts.js';

export type OpenedAccount = z.output<typeof agentsRuntimeRequests.openCarrierAccount.output>;

/** Which signed webhooks were here already. */
export abstract class WebhookNonces {
  /** Atomically; true: somebody had claimed it before. */
  abstract seen(key: string, keepMs: number): Promise<boolean>;
  /** What it was claimed for has failed: the carrier may say it again. */
  abstract giveBack(key: string): Promise<void>;
}

/** Row V20: what was said is kept first and dealt with later. */
export abstract class WebhookQueue {
  /** Resolves once it is on disk; rejects with `service.unavailable`. */
  abstract put(notice: WebhookNotice): Promise<void>;
}

export interface WebhookParts {
  readonly requests: Requests;
  readonly accounts: CarrierAccounts;
  readonly nonces: WebhookNonces;
  readonly queue: WebhookQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** What carriers sign over; nothing a request says about itself. */
  readonly publicBaseUrl: string;
  readonly reserveLimitMs: number;
}

/** One webhook as it came. */
export interface ReceivedWebhook {
  readonly carrier: string;
  readonly carrierAccount: string;
  readonly kind: WebhookNotice['kind'];
  readonly callId: string | null;
  /** The path and query exactly as they stood in the request line. */
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawBody: Uint8Array;
  readonly requestId: string;
}
