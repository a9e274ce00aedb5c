import { describe, expect, it } from '@jest/globals';
import type { Envelope, TransferOutcome } from '@trunkline/contracts';
import { LostCall } from './lost-call.js';

const parties = { direction: 'inbound', from: '+15551230001', to: '+15551230002' };
const carrier = { carrierAccount: 'account-1', carrierCallId: 'CA1' };
const started = { ...parties, ...carrier, agent: 'agent-1', version: 3, pod: 'pod-1' };
const event = (type: string, data: object): Envelope =>
  ({ tenant: 't-1', id: 'call-1', correlationId: 'c-1', type, data }) as unknown as Envelope;
const lost = (...outcomes: readonly TransferOutcome[]): LostCall =>
  new LostCall([
    event('call.started', started),
    ...outcomes.map((outcome) => event('call.transferred', { outcome })),
  ]);

describe('the sound of a lost call', () => {
  it('given its disk was full, then it is cut short', () => {
    const full = event('call.error', { stage: 'recording', code: 'recording.truncated' });
    expect(new LostCall([event('call.started', started), full]).isSoundCut).toBe(true);
    expect(lost().isSoundCut).toBe(false);
  });
});

describe('the leg of a lost call', () => {
  it('given the caller was not handed over, then it is hung up', () => {
    expect(lost('refused').leg).toMatchObject({ carrierCallId: 'CA1', pod: 'pod-1' });
    expect(lost('unknown').leg).toBeDefined();
  });

  it('given the caller talks to a colleague, then it is left alone', () => {
    expect(lost('refused', 'connected').leg).toBeUndefined();
  });
});
