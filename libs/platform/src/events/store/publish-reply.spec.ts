import { describe, expect, it } from '@jest/globals';
import { replyOf } from './publish-reply.js';

const refusal = (err_code: number, description = 'no') => ({
  error: { code: 400, err_code, description },
  stream: 'EVT',
  seq: 0,
});

describe('replyOf', () => {
  it.each([
    [{ stream: 'EVT', seq: 7 }, 'stored'],
    [{ stream: 'EVT', seq: 7, duplicate: true }, 'unknown'],
    [{ stream: 'EVT' }, 'unknown'],
    ['nonsense', 'unknown'],
    [refusal(10071, 'wrong last sequence: 5'), 'mismatch'],
    [refusal(10164), 'mismatch'],
    [refusal(10077, 'maximum bytes exceeded'), 'full'],
    [refusal(10023, 'insufficient resources'), 'full'],
    [{ error: { code: 503, description: 'no space left on device' } }, 'full'],
    [refusal(10054, 'message size exceeds maximum allowed'), 'invalid'],
    [refusal(10008, 'JetStream system temporarily unavailable'), 'unreachable'],
  ])('%j is %s', (body, kind) => {
    expect(replyOf(body)).toMatchObject({ kind });
  });
});
