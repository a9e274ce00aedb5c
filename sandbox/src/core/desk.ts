import type { UtteranceBank } from '../speech/utterance-bank.js';
import type { Counters } from './counters.js';
import type { FaultBook } from './faults.js';
import type { Sockets } from './sockets.js';
import type { StandIn } from './stand-in.js';
import type { Stamps } from './stamps.js';

/** What all stand-ins share. */
export interface Desk {
  readonly faults: FaultBook;
  readonly stamps: Stamps;
  readonly counters: Counters;
  readonly sockets: Sockets;
  /** What callers may say. */
  readonly utterances: UtteranceBank;
}

export type StandInFactory = (desk: Desk) => StandIn;
