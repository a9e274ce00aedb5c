import { describe, expect, it } from '@jest/globals';
import { boardLines, type Board } from './board.ts';

const nats = { name: 'nats', kind: 'server', address: 'nats://127.0.0.1:4222', about: '' } as const;
const gateway = {
  name: 'gateway',
  kind: 'service',
  address: 'http://127.0.0.1:8080',
  about: '',
} as const;
const demo = { email: 'demo@x.test', password: 'pw', seed: 's', tenant: 't1', apiKey: 'key-1' };
const whole: Board = { rows: [nats, gateway], gatewayUrl: gateway.address };

describe('boardLines', () => {
  it('shows addresses, states, the login, the key and the next command', () => {
    const text = boardLines(whole, ['up', 'up'], demo).join('\n');
    expect(text).toMatch(/nats\s+nats:\/\/127\.0\.0\.1:4222\s+up/);
    expect(text).toContain('demo@x.test');
    expect(text).toContain("curl -H 'authorization: Bearer key-1' http://127.0.0.1:8080/v1/audit");
  });

  it('suggests the agents once their service runs', () => {
    const agents = { ...gateway, name: 'agents' };
    const text = boardLines({ ...whole, rows: [agents] }, ['up'], demo).join('\n');
    expect(text).toContain('/v1/agents');
  });

  it('lists only what exists', () => {
    const text = boardLines({ rows: [nats] }, ['up'], undefined).join('\n');
    expect(text).not.toMatch(/gateway|Login|API|curl/);
    expect(boardLines(whole, ['up', 'up'], demo).join('\n')).not.toContain('/docs');
    const withPages = { ...whole, docsUrl: `${gateway.address}/docs` };
    expect(boardLines(withPages, ['up', 'up'], demo).join('\n')).toContain('8080/docs');
  });

  it('says so when something is down', () => {
    expect(boardLines(whole, ['up', 'DOWN'], demo).join('\n')).toContain('something down');
  });

  it('says why there is no demo tenant', () => {
    const board = { ...whole, notSeeded: 'MONGODB_URI is not ours' };
    const text = boardLines(board, ['up', 'up'], demo).join('\n');
    expect(text).toContain('none: MONGODB_URI is not ours');
    expect(text).not.toContain('key-1');
  });
});
