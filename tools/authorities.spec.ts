import { describe, expect, it } from '@jest/globals';
import {
  aggregates,
  eventSubject,
  natsUsers,
  requestSubject,
  services,
  type ServiceName,
} from '@trunkline/contracts';
import { settingsByService } from './docs/config-page.ts';

const root = new URL('..', import.meta.url).pathname;

/** As NATS matches: `*` is one token, `>` is one or more at the end. */
function covers(filter: string, subject: string): boolean {
  const [wanted, given] = [filter.split('.'), subject.split('.')];
  const isOpenEnded = wanted.at(-1) === '>';
  const isLongEnough = isOpenEnded ? given.length >= wanted.length : given.length === wanted.length;
  const matches = (token: string, index: number): boolean =>
    token === '>' || token === '*' || token === given[index];
  return isLongEnough && wanted.every(matches);
}

function usersWho(act: 'publish' | 'subscribe', subject: string): string[] {
  return natsUsers()
    .filter(({ operator }) => !operator)
    .filter((user) => user[act].allow.some((filter) => covers(filter, subject)))
    .map(({ user }) => user);
}

describe('S1 five services, five authorities', () => {
  it('S1 gives each service a user of its own, and its requests to it alone', () => {
    const users = natsUsers().filter(({ operator }) => !operator);
    expect(users.map(({ user }) => user)).toEqual([...services]);
    expect(services).toHaveLength(5);
    for (const service of services) {
      expect(usersWho('subscribe', requestSubject(service, 'verb'))).toEqual([service]);
      expect(usersWho('subscribe', `_INBOX_${service}.x`)).toEqual([service]);
    }
  });

  it.each(aggregates.map(({ name, owner }) => [name, owner] as const))(
    'S1 lets nobody but its owner write a %s',
    (aggregate, service) => {
      const subject = eventSubject({ tenant: 't1', aggregate, id: 'x1' });
      expect(usersWho('publish', subject)).toEqual([service]);
    },
  );

  it('S1 has no name of an aggregate twice', () => {
    const names = aggregates.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it('S1 shares no database between services', async () => {
    const settings = await settingsByService(root);
    expect([...settings.keys()].toSorted()).toEqual([...services].toSorted());
    const databases = [...settings].flatMap(([service, rows]) => {
      const own = rows.find(({ name }) => name === 'MONGODB_DATABASE');
      return own ? [[service as ServiceName, own.default] as const] : [];
    });
    expect(databases.map(([service]) => service)).toEqual(
      expect.arrayContaining(['gateway', 'agents']),
    );
    for (const [service, name] of databases) expect(name).toBe(`trunkline_${service}`);
  });
});
