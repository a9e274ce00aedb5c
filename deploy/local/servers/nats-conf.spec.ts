import { describe, expect, it } from '@jest/globals';
import { renderNatsConf } from './nats-conf.ts';

const conf = {
  port: 4222,
  monitorPort: 8222,
  storeDir: '/data/with "quotes"',
  passwords: { operator: 'op-secret', agents: 'ag-secret', sys: 'sys-secret' },
  users: [
    {
      user: 'agents',
      publish: { allow: ['evt.*.*.agent.*', 'dlq.>'], deny: ['dlq.other.>'] },
      subscribe: { allow: ['req.agents.>'] },
      operator: false,
    },
    { user: 'operator', publish: { allow: ['>'] }, subscribe: { allow: ['>'] }, operator: true },
  ],
};

describe('renderNatsConf', () => {
  const text = renderNatsConf(conf);

  it('syncs every write and listens on loopback only', () => {
    expect(text).toContain('sync_interval: always');
    expect(text).toContain('listen: "127.0.0.1:4222"');
    expect(text).toContain('http: "127.0.0.1:8222"');
    expect(text).toContain(String.raw`store_dir: "/data/with \"quotes\""`);
  });

  it('gives a service what it is allowed and denied, and the operator everything', () => {
    expect(text).toContain(
      '{ user: "agents", password: "ag-secret", permissions: ' +
        '{ publish: {"allow":["evt.*.*.agent.*","dlq.>"],"deny":["dlq.other.>"]}, subscribe: { allow: ["req.agents.>"] } } }',
    );
    expect(text).toContain('{ user: "operator", password: "op-secret" }');
  });

  it('keeps the system account apart', () => {
    const [, system] = text.split('SYSTEM {');
    expect(system).toContain('{ user: "sys", password: "sys-secret" }');
    expect(text).toContain('system_account: SYSTEM');
  });

  it('refuses a user without a password', () => {
    expect(() => renderNatsConf({ ...conf, passwords: {} })).toThrow('no password');
  });
});
