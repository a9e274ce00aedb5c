import type { Envelope } from '@trunkline/contracts';
import type { Clock } from '@trunkline/kernel';
import type { EventStore, Logger, Requests } from '@trunkline/platform';
import type { Patience } from '../domain/due.js';
import type { LookUpPace } from './look-up-pace.js';
import type { DialBook, Lines, LiveCalls, OpenDials, VoicePods } from './ports.js';

/** Everything the use cases work with. */
export interface CampaignsApp {
  readonly store: EventStore;
  readonly requests: Requests;
  readonly lines: Lines;
  readonly pods: VoicePods;
  readonly live: LiveCalls;
  readonly openDials: OpenDials;
  readonly dialBook: DialBook;
  readonly lookUps: LookUpPace;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly patience: Patience;
  /** Where carriers reach the gateway. */
  readonly publicBaseUrl: string;
  readonly reserveLimitMs: number;
  /** Brings an event into this service's own views; never rejects. */
  readonly show: (event: Envelope) => Promise<void>;
  /** Tests only: the process may die here. */
  readonly afterAppend: (event: Envelope) => void;
}
