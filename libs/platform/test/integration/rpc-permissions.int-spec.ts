import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';
import {
  DEAD_LETTER_STREAM,
  DEAD_LETTER_SUBJECTS,
  EVENT_STREAM,
  EVENT_SUBJECTS,
  PROBE_STREAM,
  aggregates,
  allProjections,
  deadLetterFilter,
  deadLetterSubject,
  durablesOf,
  eventSubject,
  liveFilter,
  liveSubject,
  probeSubject,
  projectionName,
  requestSubject,
  services,
} from '@trunkline/contracts';
import { deferred } from '@trunkline/kernel';
import { startNats, type TestNats } from '@trunkline/testing';

/** What an owner appends to; before its events are written an aggregate has no owner here. */
const owned = aggregates.find((aggregate) => aggregate.owner === 'gateway')?.name ?? 'tenant';
const subject = eventSubject({ tenant: 'acme', aggregate: owned, id: 'one' });

const about = { tenant: 'acme', aggregate: owned, id: 'one' };
const readModels = allProjections().flatMap((one) => {
  const { service } = one;
  const projection = projectionName(one);
  return durablesOf(one).map(({ name }) => ({ service, name, projection }));
});

/** All that a durable can suffer. */
function consumerSubjects(name: string): string[] {
  const consumer = '$JS.API.CONSUMER';
  return [
    `${consumer}.CREATE.${EVENT_STREAM}.${name}`,
    `${consumer}.CREATE.${EVENT_STREAM}.${name}.${EVENT_SUBJECTS}`,
    `${consumer}.DURABLE.CREATE.${EVENT_STREAM}.${name}`,
    `${consumer}.MSG.NEXT.${EVENT_STREAM}.${name}`,
    `${consumer}.DELETE.${EVENT_STREAM}.${name}`,
    `${consumer}.PAUSE.${EVENT_STREAM}.${name}`,
    `$JS.ACK.${EVENT_STREAM}.${name}.1.1.1.1763000000000000000.0`,
  ];
}

describe('the allow-lists of the contracts on a real nats-server', () => {
  let nats: TestNats;
  let operator: NatsConnection;

  beforeAll(async () => {
    nats = await startNats({ users: true });
    operator = await nats.connect({ user: 'operator' });
    const manager = await jetstreamManager(operator);
    await manager.streams.add({ name: EVENT_STREAM, subjects: [EVENT_SUBJECTS] });
    await manager.streams.add({ name: DEAD_LETTER_STREAM, subjects: [DEAD_LETTER_SUBJECTS] });
    await manager.streams.add({
      name: PROBE_STREAM,
      subjects: [probeSubject('x').replace('x', '>')],
    });
    await new Kvm(operator).create('leases');
  });
  afterAll(() => nats.stop());

  /** The violation that the server reports for what `act` does, or nothing after a round trip. */
  async function violation(
    user: string,
    act: (c: NatsConnection) => void,
  ): Promise<string | undefined> {
    const connection = await nats.connect({ user });
    const seen: string[] = [];
    const watching = (async () => {
      for await (const status of connection.status()) {
        if (status.type === 'error' && status.error instanceof PermissionViolationError) {
          seen.push(`${status.error.operation} ${status.error.subject}`);
        }
      }
    })();
    act(connection);
    await connection.flush();
    await connection.close();
    await watching;
    return seen[0];
  }

  it.each(services)('%s may ask, answer and be answered', async (service) => {
    const answering = await nats.connect({ user: service });
    const asking = await nats.connect({ user: 'gateway' });
    const asked = requestSubject(service, 'ping');
    answering.subscribe(asked, { queue: service, callback: (_error, m) => void m.respond('pong') });
    await answering.flush();
    const reply = await asking.request(asked, 'ping', { timeout: 2000 });
    expect(reply.string()).toBe('pong');
  });

  it('the owner appends and nobody else', async () => {
    const gateway = await nats.connect({ user: 'gateway' });
    await expect(jetstream(gateway).publish(subject, '{}')).resolves.toMatchObject({
      stream: EVENT_STREAM,
    });
    for (const other of services.filter((service) => service !== 'gateway')) {
      const refused = await violation(other, (c) => c.publish(subject, '{}'));
      expect(refused).toBe(`publish ${subject}`);
    }
  });

  it.each(services)('%s reads the log and probes', async (service) => {
    const connection = await nats.connect({ user: service });
    const manager = await jetstreamManager(connection);
    await operatorAppends();
    const read = await manager.streams.getMessage(EVENT_STREAM, { last_by_subj: subject });
    expect(read?.subject).toBe(subject);
    await jetstream(connection).publish(probeSubject(service), '');
  });

  it.each(readModels)(
    '$service keeps the durable $name, acknowledges on it and writes its dead letters',
    async ({ service, name, projection }) => {
      const connection = await nats.connect({ user: service });
      const manager = await jetstreamManager(connection);
      const js = jetstream(connection);
      const durable = { durable_name: name, ack_policy: AckPolicy.Explicit };
      await operatorAppends();
      await manager.consumers.add(EVENT_STREAM, { ...durable, filter_subject: EVENT_SUBJECTS });
      await manager.consumers.delete(EVENT_STREAM, name);
      const filter_subjects = [EVENT_SUBJECTS];
      await manager.consumers.add(EVENT_STREAM, { ...durable, filter_subjects });
      const consumer = await js.consumers.get(EVENT_STREAM, name);
      const message = await consumer.next({ expires: 2000 });
      expect(message?.subject).toBe(subject);
      message?.working();
      expect(await message?.ackAck()).toBe(true);
      expect((await consumer.info()).num_ack_pending).toBe(0);
      await js.publish(deadLetterSubject(projection, about), '{}');
      const own = { filter_subjects: deadLetterFilter(projection) };
      const letters = await js.consumers.get(DEAD_LETTER_STREAM, own);
      expect((await letters.next({ expires: 2000 }))?.json()).toEqual({});
      await letters.delete();
      await consumer.delete();
    },
  );

  it.each(services)('%s touches no durable and no dead letter of another', async (service) => {
    const foreign = readModels.filter((one) => one.service !== service);
    for (const { name, projection } of foreign) {
      for (const forbidden of consumerSubjects(name)) {
        expect(await violation(service, (c) => c.publish(forbidden, ''))).toBe(
          `publish ${forbidden}`,
        );
      }
      const letter = deadLetterSubject(projection, about);
      // The eraser asks every read model to forget.
      const refused = service === 'analytics' ? undefined : `publish ${letter}`;
      expect(await violation(service, (c) => c.publish(letter, '{}'))).toBe(refused);
    }
  });

  it('no service keeps a durable that no projection names', async () => {
    for (const service of services.filter((one) => one !== 'analytics')) {
      for (const forbidden of consumerSubjects(`${service}-stranger-v1`)) {
        expect(await violation(service, (c) => c.publish(forbidden, ''))).toBe(
          `publish ${forbidden}`,
        );
      }
    }
  });

  it('the archiver’s host reads the log by consumers that nobody else knows', async () => {
    const connection = await nats.connect({ user: 'analytics' });
    await operatorAppends();
    const js = jetstream(connection);
    const walk = await js.consumers.get(EVENT_STREAM, { filter_subjects: EVENT_SUBJECTS });
    expect((await walk.next({ expires: 2000 }))?.subject).toBe(subject);
    expect(await walk.delete()).toBe(true);
  });

  async function operatorAppends(): Promise<void> {
    await jetstream(operator).publish(subject, '{}');
  }

  it.each(services)('%s holds leases', async (service) => {
    const connection = await nats.connect({ user: service });
    const bucket = await new Kvm(connection).open('leases');
    const revision = await bucket.create(`test-${service}`, 'mine');
    await bucket.update(`test-${service}`, 'still mine', revision);
    expect((await bucket.get(`test-${service}`))?.string()).toBe('still mine');
    await bucket.delete(`test-${service}`);
  });

  it.each(services)('%s publishes and hears live news', async (service) => {
    const connection = await nats.connect({ user: service });
    const heard = deferred<string>();
    connection.subscribe(liveFilter('*', ['>']), {
      callback: (_error, message) => heard.resolve(message.string()),
    });
    await connection.flush();
    connection.publish(liveSubject('acme', ['agent', 'one', 'published']), 'news');
    await expect(heard.promise).resolves.toBe('news');
  });

  const api = (verb: string): string => `$JS.API.STREAM.${verb}`;
  it.each([
    ['create a stream', `${api('CREATE')}.OTHER`],
    ['change the log', `${api('UPDATE')}.${EVENT_STREAM}`],
    ['delete the log', `${api('DELETE')}.${EVENT_STREAM}`],
    ['purge the log', `${api('PURGE')}.${EVENT_STREAM}`],
    ['delete a message', `${api('MSG.DELETE')}.${EVENT_STREAM}`],
    ['restore a stream', `${api('RESTORE')}.OTHER`],
    ['answer a stranger’s question', '_INBOX_gateway.guessed.1'],
    ['probe as another', probeSubject('gateway')],
  ])('a service cannot %s', async (_what, forbidden) => {
    expect(await violation('campaigns', (c) => c.publish(forbidden, ''))).toBe(
      `publish ${forbidden}`,
    );
  });

  it('only the archiver’s host may purge subjects, and not even it may delete or change the log', async () => {
    const analytics = await nats.connect({ user: 'analytics' });
    const manager = await jetstreamManager(analytics);
    await expect(
      manager.streams.purge(EVENT_STREAM, { filter: subject, keep: 1 }),
    ).resolves.toMatchObject({
      success: true,
    });
    for (const verb of ['DELETE', 'UPDATE']) {
      const forbidden = `${api(verb)}.${EVENT_STREAM}`;
      expect(await violation('analytics', (c) => c.publish(forbidden, ''))).toBe(
        `publish ${forbidden}`,
      );
    }
  });

  it.each([
    ['the questions to another service', requestSubject('gateway', 'login')],
    ['another’s answers', '_INBOX_gateway.>'],
    ['the log past its consumers', 'evt.>'],
    ['everything', '>'],
  ])('a service cannot listen to %s', async (_what, forbidden) => {
    const refused = await violation(
      'campaigns',
      (c) => void c.subscribe(forbidden, { callback: () => undefined }),
    );
    expect(refused).toBe(`subscription ${forbidden}`);
  });

  it('nobody comes in without the right password', async () => {
    const wrong = nats.connect({ user: 'gateway', pass: 'guess', waitOnFirstConnect: false });
    await expect(wrong).rejects.toThrow(/authorization/i);
  });
});
