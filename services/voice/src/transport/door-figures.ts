import type { Metrics } from '@trunkline/platform';
import type { DoorFigures } from '../app/door/ports.js';
import type { Reservations } from '../app/door/reservations.js';

/** What `/metrics` says of calls and of the sockets they come by. */
export function doorFigures(metrics: Metrics, reservations: Reservations): DoorFigures {
  metrics.gauge({
    name: 'voice_active_calls',
    help: 'Calls that run, those whose socket may come back included.',
    collect() {
      this.set(reservations.liveCount);
    },
  });
  metrics.gauge({
    name: 'voice_capacity',
    help: 'Calls this pod has room for.',
    collect() {
      this.set(reservations.isTaking ? reservations.capacity : 0);
    },
  });
  metrics.gauge({
    name: 'voice_reservations',
    help: 'Places that wait for their socket.',
    collect() {
      this.set(reservations.heldCount);
    },
  });
  const opened = metrics.counter({ name: 'voice_sockets_opened_total', help: 'Calls let in.' });
  const refused = metrics.counter({
    name: 'voice_sockets_refused_total',
    help: 'Audio sockets refused or closed for a fault of theirs.',
    labelNames: ['reason'],
  });
  const gaps = metrics.histogram({
    name: 'voice_outbound_gap_seconds',
    help: 'Silence in mid-utterance: sound was due and none was there.',
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
  });
  return {
    opened: () => opened.inc(),
    refused: (reason) => refused.inc({ reason }),
    outboundGap: (durationMs) => gaps.observe(durationMs / 1000),
  };
}
