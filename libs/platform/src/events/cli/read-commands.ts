import {
  EVENT_STREAM,
  envelope,
  eventFilter,
  type AggregateRef,
  type Envelope,
  type EventFilter,
} from '@trunkline/contracts';
import { DeliverPolicy, jetstream, type Consumer, type JsMsg } from '@nats-io/jetstream';
import { HotLog } from '../archive/hot-log.js';
import { DeadLetters } from '../projector/dead-letters.js';
import { maskEvent } from '../store/mask-event.js';
import type { Command, Run } from './command.js';
import { UsageError } from './flags.js';
import { eventJson, eventLine, localTime, type LoggedEvent } from './log-line.js';

const BATCH_SIZE = 500;
const FETCH_WAIT_MS = 1_000;

export const tail: Command = {
  usage: 'tail [--tenant T] [--aggregate A] [--id I] [--type X] [--since 2h] [--follow]',
  says: 'the last events of the hot half, oldest first',
  flags: ['tenant', 'aggregate', 'id', 'type', 'since', 'limit', 'follow', 'json'],
  async run(run) {
    const { flags, operator, signal } = run;
    const sinceMs = flags.sinceMs(Date.now());
    const from =
      sinceMs === undefined
        ? { deliver_policy: DeliverPolicy.All }
        : {
            deliver_policy: DeliverPolicy.StartTime,
            opt_start_time: new Date(sinceMs).toISOString(),
          };
    const consumer = await jetstream(operator.connection).consumers.get(EVENT_STREAM, {
      filter_subjects: eventFilter(filterOf(run)),
      ...from,
    });
    const limit = flags.limit();
    let last: LoggedEvent[] = [];
    for await (const message of untilNow(consumer, signal)) {
      const logged = loggedOf(message);
      if (!logged || !isWanted(run, logged.event)) continue;
      last.push(logged);
      if (last.length > limit * 2) last = last.slice(-limit);
    }
    for (const logged of last.slice(-limit)) printEvent(run, logged);
    const { delivered } = await consumer.info();
    await consumer.delete();
    if (flags.is('follow')) await follow(run, delivered.stream_seq + 1);
    return 0;
  },
};

export const show: Command = {
  usage: 'show <aggregate> <id> --tenant T',
  says: 'every event of one aggregate, from both halves',
  flags: ['tenant', 'json'],
  async run(run) {
    const ref = refOf(run);
    const history = await wholeHistory(run, ref);
    for (const logged of history) printEvent(run, logged);
    if (history.length === 0) run.note('There is no such aggregate.');
    return history.length === 0 ? 1 : 0;
  },
};

export const dead: Command = {
  usage: 'dead [projection]',
  says: 'what projections have parked, and why',
  flags: ['tenant', 'aggregate', 'id', 'json'],
  async run(run) {
    const { operator, flags } = run;
    const letters = await (await DeadLetters.open(operator.connection)).list(flags.words[0]);
    const wanted = filterOf(run);
    const open = letters.filter(({ ref }) => matches(wanted, ref));
    for (const letter of open) {
      const { event, ref, ...rest } = letter;
      const known = envelope.safeParse(event);
      const masked = known.success ? maskEvent(operator.catalogue, known.data) : undefined;
      if (flags.is('json')) run.print(JSON.stringify({ ...rest, ref, event: masked ?? null }));
      else {
        const what = `${ref.tenant} ${ref.aggregate}/${ref.id} v${letter.v ?? '?'}`;
        const why = letter.reason ?? '';
        run.print([localTime(letter.at), letter.state, letter.projection, what, why].join('  '));
      }
    }
    if (open.length === 0) run.note('Nothing is parked.');
    return 0;
  },
};

/** `<aggregate> <id> --tenant T`, as several commands take it. */
export function refOf({ flags }: Run): AggregateRef {
  const [aggregate, id, ...more] = flags.words;
  const tenant = flags.token('tenant');
  if (!aggregate || !id || more.length > 0) throw new UsageError('name an aggregate and an id');
  if (!tenant) throw new UsageError('--tenant is missing');
  try {
    eventFilter({ tenant, aggregate, id });
  } catch {
    throw new UsageError('only letters, digits, _ and - in an aggregate and an id');
  }
  return { tenant, aggregate, id };
}

/** As stored, unlike a load: what no code knows any more is shown as well. */
async function wholeHistory({ operator }: Run, ref: AggregateRef): Promise<LoggedEvent[]> {
  const hot = await HotLog.open(operator.connection);
  const hotEvents = (await hot.events(ref)) ?? [];
  const byVersion = new Map<number, LoggedEvent>();
  for (const { event, seq } of hotEvents) byVersion.set(event.v, { event, seq });
  for (const event of await operator.cold.read(ref)) {
    if (!byVersion.has(event.v)) byVersion.set(event.v, { event });
  }
  return [...byVersion.values()].toSorted((one, other) => one.event.v - other.event.v);
}

async function* untilNow(consumer: Consumer, signal: AbortSignal): AsyncGenerator<JsMsg> {
  let { num_pending: pending } = await consumer.info();
  while (pending > 0 && !signal.aborted) {
    const before = pending;
    const asked = { max_messages: Math.min(BATCH_SIZE, pending), expires: FETCH_WAIT_MS };
    for await (const message of await consumer.fetch(asked)) {
      pending = message.info.pending;
      yield message;
    }
    if (pending === before) return;
  }
}

async function follow(run: Run, fromSeq: number): Promise<void> {
  const consumer = await jetstream(run.operator.connection).consumers.get(EVENT_STREAM, {
    filter_subjects: eventFilter(filterOf(run)),
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: fromSeq,
  });
  const messages = await consumer.consume({ max_messages: 100 });
  const stop = (): void => messages.stop();
  run.signal.addEventListener('abort', stop, { once: true });
  if (run.signal.aborted) stop();
  for await (const message of messages) {
    const logged = loggedOf(message);
    if (logged && isWanted(run, logged.event)) printEvent(run, logged);
  }
  run.signal.removeEventListener('abort', stop);
}

function loggedOf(message: JsMsg): LoggedEvent | undefined {
  try {
    const { data } = envelope.safeParse(message.json());
    return data && { event: data, seq: message.seq };
  } catch {
    return undefined;
  }
}

function printEvent({ operator, flags, print }: Run, logged: LoggedEvent): void {
  const { catalogue } = operator;
  print(flags.is('json') ? eventJson(catalogue, logged) : eventLine(catalogue, logged));
}

function filterOf({ flags }: Run): EventFilter {
  const parts = (['tenant', 'aggregate', 'id'] as const).map((flag) => [flag, flags.token(flag)]);
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined)) as EventFilter;
}

function matches(filter: EventFilter, ref: AggregateRef): boolean {
  return (['tenant', 'aggregate', 'id'] as const).every(
    (key) => filter[key] === undefined || filter[key] === ref[key],
  );
}

function isWanted({ flags }: Run, event: Envelope): boolean {
  const type = flags.text('type');
  return type === undefined || type === event.type;
}
