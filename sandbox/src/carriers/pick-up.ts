import { Caller } from '../phone/caller.js';
import { Leg } from './media/leg.js';
import type { RunningCall } from './running-call.js';

/** The person is there from here on; who answers a call that is answered gets the same leg. */
export function pickUp(running: RunningCall, script = running.call.options.script): Leg {
  const { call, board } = running;
  if (call.leg) return call.leg;
  call.state = 'in-progress';
  call.answeredAt = new Date();
  const { onTurn } = board.options;
  const caller = new Caller({
    script: script ?? { steps: [], maxMs: 3_600_000, record: false },
    voice: board.options.voice,
    handset: {
      press: (digit) => {
        call.socket?.press(digit);
        call.pressed(digit);
        running.tell({ kind: 'dtmf', digit });
      },
      hangUp: () => call.end('completed', 'person'),
    },
    ...(onTurn ? { onTurn: (turn) => onTurn(call, turn) } : {}),
  });
  call.leg = new Leg(caller, board.ticker);
  return call.leg;
}
