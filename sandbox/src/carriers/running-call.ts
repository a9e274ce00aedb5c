import type { CarrierCall } from './carrier-call.js';
import type { CallFaults } from './carrier-faults.js';
import type { Courier } from './courier.js';
import type { CarrierNews, Dialect } from './dialect.js';
import type { Switchboard } from './switchboard.js';

/** What one call needs while it runs. */
export interface CallWorld {
  readonly board: Switchboard;
  readonly dialect: Dialect;
}

/** The same for everybody who works on the call. */
export interface RunningCall extends CallWorld {
  readonly call: CarrierCall;
  readonly faults: CallFaults;
  readonly courier: Courier;
  readonly tell: (news: CarrierNews) => void;
}
