import { services, type ServiceName } from './catalogue.js';
import { aggregates } from './events/index.js';
import {
  DEAD_LETTER_STREAM,
  EVENT_STREAM,
  PROBE_STREAM,
  eventFilter,
  probeSubject,
  requestsOf,
} from './subjects.js';

/** One NATS account user with its allow-lists, as the embedded server, compose and k8s use it. */
export interface NatsUser {
  readonly user: string;
  readonly publish: { readonly allow: readonly string[] };
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
  return {
    user: service,
    operator: false,
    responses,
    publish: {
      allow: [
        ...owned.map((aggregate) => eventFilter({ aggregate: aggregate.name })),
        'dlq.>',
        'req.>',
        'live.>',
        probeSubject(service),
        '$JS.API.INFO',
        ...logStreams.flatMap(readingApi),
        ...(service === 'analytics' ? archivingApi() : []),
        ...leaseApi(),
      ],
    },
    subscribe: { allow: [`${inboxPrefix(service)}.>`, requestsOf(service), 'live.>'] },
  };
}

/** Reading a stream and keeping durables on it; neither changing nor purging it. */
function readingApi(stream: string): string[] {
  return [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}.>`,
    `$JS.API.CONSUMER.CREATE.${stream}.>`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.>`,
    `$JS.API.CONSUMER.INFO.${stream}.>`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.>`,
    `$JS.API.CONSUMER.DELETE.${stream}.>`,
    `$JS.ACK.${stream}.>`,
  ];
}

/** The archiver's host may also list durables, delete messages and purge subjects. */
function archivingApi(): string[] {
  return [
    ...logStreams.flatMap((stream) => [
      `$JS.API.STREAM.PURGE.${stream}`,
      `$JS.API.STREAM.MSG.DELETE.${stream}`,
      `$JS.API.CONSUMER.LIST.${stream}`,
      `$JS.API.CONSUMER.NAMES.${stream}`,
    ]),
  ];
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
