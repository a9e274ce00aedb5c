import { describe, expect, it } from '@jest/globals';
import type { DialFact } from '@trunkline/contracts';
import { fold } from '@trunkline/kernel';
import { specFor } from '@trunkline/testing';
import { dialDecider, type DialOrder } from './dial.js';
import { progressOf } from './second-leg.js';

const given = specFor(dialDecider);
const leg = { carrierCallId: 'CA2' };
const order: DialOrder = {
  ...{ agent: 'a1', version: 3, mode: null, carrierAccount: 'ca1', carrier: 'twilio' },
  ...{ from: '+12025550101', to: '+12025550102', campaign: null, contact: null, variables: {} },
  ...{ ringSeconds: 30, timeLimitSeconds: 660, machineDetection: 'off', pod: 'pod-1' },
};
const usual: DialFact = { type: 'dial.requested', data: order };
const transfer = {
  call: 'c1',
  kind: 'warm',
  carrierCallId: 'CA1',
  briefing: 'Ann',
  language: 'en',
};
const requested = { ...usual, data: { ...order, transfer } } as DialFact;
const attempting: DialFact = { type: 'dial.attempting', data: { pod: 'pod-1' } };
const unknown: DialFact = { type: 'dial.unknown', data: { why: 'timeout' } };
const ringing: DialFact = { type: 'dial.ringing', data: leg };
const answered: DialFact = { type: 'dial.answered', data: leg };
const agreed: DialFact = { type: 'dial.agreed', data: leg };
const joined: DialFact = { type: 'dial.joined', data: {} };
const rejected: DialFact = { type: 'dial.rejected', data: { reason: 'rate', carrierCode: '1' } };
const closed = (outcome: string, reason: string): DialFact =>
  ({
    type: 'dial.closed',
    data: { outcome, reason, detail: '', durationSeconds: null },
  }) as DialFact;
const withdrawn: DialFact = {
  type: 'dial.closed',
  data: {
    ...{ outcome: 'cancelled', reason: 'manual_stopped' },
    ...{ detail: 'nobody waits for it any more', durationSeconds: null },
  },
};
const agree = { do: 'agree', ...leg } as const;
const withdraw = { do: 'withdraw' } as const;
const before = [requested, attempting];

describe('a second leg', () => {
  it('given it was answered, it is taken once', () => {
    given([...before, answered])
      .when(agree)
      .then(agreed);
    given([...before, answered, agreed])
      .when(agree)
      .then(undefined);
  });

  it('given nobody knew of it, the key that was pressed settles that', () => {
    given([...before, unknown])
      .when(agree)
      .then(agreed);
  });

  it('given it is over or no second leg, it is not taken', () => {
    given([...before, closed('no-answer', 'dial_no_answer')])
      .when(agree)
      .then(undefined);
    given([usual, attempting, answered]).when(agree).then(undefined);
  });

  it('given it was taken, the caller is joined once, and not before', () => {
    given([...before, answered, agreed])
      .when({ do: 'join' })
      .then(joined);
    given([...before, answered])
      .when({ do: 'join' })
      .then(undefined);
    given([...before, agreed, joined])
      .when({ do: 'join' })
      .then(undefined);
  });

  it('given nobody waits any more, it is withdrawn unless it was taken', () => {
    given([requested]).when(withdraw).then(withdrawn);
    given([...before, ringing])
      .when(withdraw)
      .then(withdrawn);
    given([...before, agreed])
      .when(withdraw)
      .then(undefined);
    given([...before, withdrawn])
      .when(withdraw)
      .then(undefined);
  });
});

describe('progressOf', () => {
  it.each<[string, DialFact[], object]>([
    ['asked for', [requested], { stage: 'calling', outcome: null }],
    ['unknown', [...before, unknown], { stage: 'calling', outcome: null }],
    ['ringing', [...before, ringing], { stage: 'ringing', outcome: null }],
    ['answered', [...before, answered], { stage: 'answered', outcome: null }],
    ['taken', [...before, agreed], { stage: 'taken', outcome: null }],
    ['joined', [...before, agreed, joined], { stage: 'taken', outcome: 'connected' }],
    [
      'joined and over since',
      [...before, agreed, joined, closed('connected', 'user_hangup')],
      { stage: 'over', outcome: 'connected' },
    ],
    ['busy', [...before, closed('busy', 'dial_busy')], { outcome: 'refused', reason: 'busy' }],
    [
      'declined on the phone',
      [...before, closed('busy', 'user_declined')],
      { outcome: 'refused', reason: 'declined' },
    ],
    [
      'not answered',
      [...before, ringing, closed('no-answer', 'dial_no_answer')],
      { outcome: 'refused', reason: 'no-answer' },
    ],
    [
      'answered and hung up without a key',
      [...before, answered, closed('connected', 'user_hangup')],
      { outcome: 'refused', reason: 'declined' },
    ],
    ['rejected', [...before, rejected], { outcome: 'refused', reason: 'failed' }],
    ['withdrawn', [...before, ringing, withdrawn], { outcome: 'refused', reason: 'withdrawn' }],
    [
      'withdrawn in the dark',
      [...before, unknown, withdrawn],
      { outcome: 'unknown', reason: null },
    ],
    [
      'never heard of again',
      [...before, unknown, closed('unknown', 'error_unknown')],
      { outcome: 'unknown', reason: null },
    ],
    [
      'taken, and over before anybody told of the caller',
      [...before, agreed, closed('connected', 'user_hangup')],
      { outcome: 'unknown', reason: null },
    ],
  ])('given one that is %s', (_what, history, expected) => {
    expect(progressOf(fold(dialDecider, history))).toMatchObject(expected);
  });
});
