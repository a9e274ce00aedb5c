import { services, type ServiceName } from './catalogue.js';
import { aggregates } from './events/index.js';
import { allProjections, durablesOf, knownDurables, projectionName } from './projections.js';
import {
  DEAD_LETTER_STREAM,
  DEAD_LETTER_SUBJECTS,
  EVENT_STREAM,
  EVENT_SUBJECTS,
  PROBE_STREAM,
  WEBHOOK_DURABLE,
  WEBHOOK_STREAM,
  WEBHOOK_SUBJECTS,
  deadLetterFilter,
  eventFilter,
  probeSubject,
  requestsOf,
} from './subjects.js';

/** One NATS account user with its allow-lists, as the embedded server, compose and k8s use it. */
export interface NatsUser {
  readonly user: string;
  /** What is denied is denied although a wildcard allows it. */
  readonly publish: { readonly allow: readonly string[]; readonly deny?: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
  /** Whoever asks it may be answered, on the subject the question named and nowhere else. */
  readonly responses: { readonly max: number; readonly expires: string };
  /** Runs `npm run log` and the launcher's probes; no service gets this one. */
  readonly operator: boolean;
}

export function inboxPrefix(user: string): string {
  return `_INBOX_${user}`;
}

const responses = { max: 1, expires: '2m' };
const logStreams = [EVENT_STREAM, DEAD_LETTER_STREAM];

export function natsUsers(): NatsUser[] {
  return [...services.map(serviceUser), operatorUser()];
}

function serviceUser(service: ServiceName): NatsUser {
  const owned = aggregates.filter((aggregate) => aggregate.owner === service);
  const isArchiver = service === 'analytics';
  return {
    user: service,
    operator: false,
    responses,
    publish: {
      allow: [
        ...owned.map((aggregate) => eventFilter({ aggregate: aggregate.name })),
        'req.>',
        'live.>',
        probeSubject(service),
        '$JS.API.INFO',
        ...logStreams.flatMap(readingApi),
        `$JS.API.STREAM.INFO.${WEBHOOK_STREAM}`,
        ...projectingApi(service),
        ...(isArchiver ? archivingApi() : []),
        ...webhookApi(service),
        ...leaseApi(),
      ],
      ...(isArchiver
        ? {
            deny: durablesOfOthers(service).flatMap((name) =>
              meddlingApi({ stream: EVENT_STREAM, name }),
            ),
          }
        : {}),
    },
    subscribe: { allow: [`${inboxPrefix(service)}.>`, requestsOf(service), 'live.>'] },
  };
}

/** Whoever may delete any message of the log still keeps its hands off the others' positions. */
function durablesOfOthers(service: ServiceName): string[] {
  const own = allProjections().filter((one) => one.service === service);
  const ownNames = new Set(own.flatMap(durablesOf).map(({ name }) => name));
  return knownDurables().filter((name) => !ownNames.has(name));
}

/** Single messages of a stream; neither changing nor purging it, and no consumers. */
function readingApi(stream: string): string[] {
  return [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}.>`,
  ];
}

/**
 * The durables and the dead letters of the service's own read models, each by its name: whoever
 * could acknowledge on another's durable would make its read model lose events in silence.
 */
function projectingApi(service: ServiceName): string[] {
  const own = allProjections().filter((one) => one.service === service);
  if (own.length === 0) return [];
  const letters = own.map((one) => deadLetterFilter(projectionName(one)));
  return [
    ...own.flatMap(durablesOf).flatMap(({ name }) => durableApi(name)),
    ...letters,
    ...letters.map((filter) => `$JS.API.CONSUMER.CREATE.${DEAD_LETTER_STREAM}.*.${filter}`),
    ...passingConsumerApi(DEAD_LETTER_STREAM),
  ];
}

function durableApi(name: string): string[] {
  const durable = { stream: EVENT_STREAM, name };
  return [`$JS.API.CONSUMER.INFO.${EVENT_STREAM}.${name}`, ...meddlingApi(durable)];
}

/** What changes a durable or its position. */
function meddlingApi(durable: { readonly stream: string; readonly name: string }): string[] {
  const { stream, name } = durable;
  return [
    `$JS.API.CONSUMER.CREATE.${stream}.${name}`,
    `$JS.API.CONSUMER.CREATE.${stream}.${name}.>`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${name}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`,
    `$JS.API.CONSUMER.DELETE.${stream}.${name}`,
    `$JS.ACK.${stream}.${name}.>`,
  ];
}

/** Ordered consumers get a random name from the client, which nobody else knows or can list. */
function passingConsumerApi(stream: string): string[] {
  return ['INFO', 'MSG.NEXT', 'DELETE'].map((verb) => `$JS.API.CONSUMER.${verb}.${stream}.*`);
}

/**
 * The archiver's host may also walk the whole log, list durables, delete messages, purge subjects
 * and ask every read model to forget.
 */
function archivingApi(): string[] {
  return [
    ...logStreams.flatMap((stream) => [
      `$JS.API.STREAM.PURGE.${stream}`,
      `$JS.API.STREAM.MSG.DELETE.${stream}`,
      `$JS.API.CONSUMER.LIST.${stream}`,
      `$JS.API.CONSUMER.NAMES.${stream}`,
    ]),
    `$JS.API.CONSUMER.CREATE.${EVENT_STREAM}.*.${EVENT_SUBJECTS}`,
    ...passingConsumerApi(EVENT_STREAM),
    DEAD_LETTER_SUBJECTS,
  ];
}

/** The gateway puts webhooks in, campaigns works them off; nobody else sees them. */
function webhookApi(service: ServiceName): string[] {
  if (service === 'gateway') return [WEBHOOK_SUBJECTS];
  if (service !== 'campaigns') return [];
  const durable = { stream: WEBHOOK_STREAM, name: WEBHOOK_DURABLE };
  return [`$JS.API.CONSUMER.INFO.${durable.stream}.${durable.name}`, ...meddlingApi(durable)];
}

/** Leases live in the KV bucket `leases`, created by the launcher. */
function leaseApi(): string[] {
  return ['$KV.leases.>', ...readingApi('KV_leases'), `$JS.API.STREAM.INFO.${PROBE_STREAM}`];
}

function operatorUser(): NatsUser {
  return {
    user: 'operator',
    operator: true,
    responses,
    publish: { allow: ['>'] },
    subscribe: { allow: ['>'] },
  };
}
