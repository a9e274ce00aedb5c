import { describe, it } from '@jest/globals';
import type { ApikeyFact } from '@trunkline/contracts';
import { specFor } from '@trunkline/testing';
import { apiKey } from './api-key.js';

const given = specFor(apiKey);
const nowMs = Date.parse('2026-11-21T09:00:00.000Z');
const key = {
  name: 'CI',
  kind: 'runtime',
  scopes: ['calls:create', 'calls:read'],
  keyHash: 'a'.repeat(64),
  lastFour: 'abcd',
  expiresAt: null,
} as const;
const issued: ApikeyFact = { type: 'apikey.issued', data: { ...key, scopes: [...key.scopes] } };
const turn = {
  keyHash: 'b'.repeat(64),
  lastFour: 'efgh',
  generation: 2,
  previousUntil: '2026-11-21T10:00:00.000Z',
};
const rotated = { type: 'apikey.rotated', data: turn } as const;
const revoked = { type: 'apikey.revoked', data: {} } as const;

describe('an API key', () => {
  it('is issued with the scopes of its kind, each once', () => {
    given([])
      .when({ type: 'issue', ...key, nowMs })
      .then(issued);
    given([])
      .when({ type: 'issue', ...key, scopes: [...key.scopes, 'calls:read'], nowMs })
      .then(issued);
  });

  it('S14 S15 never has a scope of the other kind', () => {
    given([])
      .when({ type: 'issue', ...key, scopes: ['members:write'], nowMs })
      .thenRefused('request.invalid');
    given([])
      .when({ type: 'issue', ...key, kind: 'admin', scopes: ['calls:create'], nowMs })
      .thenRefused('request.invalid');
  });

  it('does not begin after its end', () => {
    const expiresAt = new Date(nowMs).toISOString();
    given([])
      .when({ type: 'issue', ...key, expiresAt, nowMs })
      .thenRefused('request.invalid');
  });

  it('is rotated from one generation to the next', () => {
    given([issued])
      .when({ type: 'rotate', ...turn })
      .then(rotated);
    given([issued, rotated])
      .when({ type: 'rotate', ...turn })
      .thenRefused('state.conflict');
    given([issued, revoked])
      .when({ type: 'rotate', ...turn })
      .thenRefused('apikey.revoked');
    given([])
      .when({ type: 'rotate', ...turn })
      .thenRefused('request.not-found');
  });

  it('is revoked once', () => {
    given([issued]).when({ type: 'revoke' }).then(revoked);
    given([issued, revoked]).when({ type: 'revoke' }).then(undefined);
    given([]).when({ type: 'revoke' }).thenRefused('request.not-found');
  });
});
