import { describe, expect, it } from '@jest/globals';
import type { DialFact } from '@trunkline/contracts';
import { fold } from '@trunkline/kernel';
import { specFor } from '@trunkline/testing';
import { assert, constantFrom, property, shuffledSubarray } from 'fast-check';
import { dialDecider, type DialNews, type DialOrder } from './dial.js';

const given = specFor(dialDecider);

const order: DialOrder = {
  agent: 'a1',
  version: 3,
  mode: 'cascaded',
  carrierAccount: 'ca1',
  carrier: 'twilio',
  from: '+12025550101',
  to: '+12025550102',
  campaign: null,
  contact: null,
  variables: {},
  ringSeconds: 30,
  timeLimitSeconds: 660,
  machineDetection: 'off',
  pod: 'pod-1',
};
const leg = { carrierCallId: 'CA1' };
const requested: DialFact = { type: 'dial.requested', data: order };
const attempting: DialFact = { type: 'dial.attempting', data: { pod: 'pod-1' } };
const accepted: DialFact = { type: 'dial.accepted', data: leg };
const unknown: DialFact = { type: 'dial.unknown', data: { why: 'timeout' } };
const ringing: DialFact = { type: 'dial.ringing', data: leg };
const answered: DialFact = { type: 'dial.answered', data: leg };
const rejected: DialFact = {
  type: 'dial.rejected',
  data: { reason: 'payment', carrierCode: '402' },
};
const closed: DialFact = {
  type: 'dial.closed',
  data: { outcome: 'connected', reason: 'user_hangup', detail: 'completed', durationSeconds: 12 },
};
const heard = {
  initiated: { do: 'hear', news: { kind: 'initiated', ...leg } },
  ringing: { do: 'hear', news: { kind: 'ringing', ...leg } },
  answered: { do: 'hear', news: { kind: 'answered', ...leg } },
} as const;
const end: DialNews = {
  kind: 'ended',
  reason: 'user_hangup',
  detail: 'completed',
  durationSeconds: 12,
};

describe('the one attempt', () => {
  const attempt = { do: 'attempt', pod: 'pod-1' } as const;

  it('given a requested dial, whoever attempts it first gets the fact', () => {
    given([requested]).when(attempt).then(attempting);
  });

  it.each<[string, DialFact[]]>([
    ['attempted', [requested, attempting]],
    ['accepted', [requested, attempting, accepted]],
    ['unknown', [requested, attempting, unknown]],
    ['rejected', [requested, attempting, rejected]],
    ['closed', [requested, closed]],
  ])('I1 given one that was %s, nobody gets to attempt it again', (_what, history) => {
    given(history).when(attempt).then(undefined);
  });

  it('given nothing, there is nothing to attempt', () => {
    given([]).when(attempt).thenRefused('request.not-found');
  });
});

describe('the answer to the POST', () => {
  const settle = {
    accepted: { do: 'settle', settlement: { kind: 'accepted', ...leg } },
    rejected: {
      do: 'settle',
      settlement: { kind: 'rejected', reason: 'payment', carrierCode: '402' },
    },
    unknown: { do: 'settle', settlement: { kind: 'unknown', why: 'timeout' } },
  } as const;

  it('given an attempt, it is accepted, rejected or unknown', () => {
    given([requested, attempting]).when(settle.accepted).then(accepted);
    given([requested, attempting]).when(settle.rejected).then(rejected);
    given([requested, attempting]).when(settle.unknown).then(unknown);
  });

  it('given an unknown one, a late answer still settles it', () => {
    given([requested, attempting, unknown]).when(settle.accepted).then(accepted);
    given([requested, attempting, unknown]).when(settle.rejected).then(rejected);
    given([requested, attempting, unknown]).when(settle.unknown).then(undefined);
  });

  it.each<[string, DialFact]>([
    ['rang', ringing],
    ['was answered', answered],
    ['ended', closed],
  ])('given a webhook overtook it and said that it %s, it tells nothing new', (_what, news) => {
    for (const late of Object.values(settle)) {
      given([requested, attempting, news]).when(late).then(undefined);
    }
  });
});

describe('what the carrier tells', () => {
  it('given an unknown one, any sign of the leg settles it', () => {
    const history = [requested, attempting, unknown];
    given(history).when(heard.initiated).then(accepted);
    given(history).when(heard.ringing).then(ringing);
    given(history).when(heard.answered).then(answered);
  });

  it('given a higher rank, a lower one is late', () => {
    given([requested, attempting, accepted]).when(heard.initiated).then(undefined);
    given([requested, attempting, ringing]).when(heard.initiated).then(undefined);
    given([requested, attempting, answered]).when(heard.ringing).then(undefined);
    given([requested, attempting, closed]).when(heard.answered).then(undefined);
  });

  it('given nothing was ever posted or it was refused, it is about no leg of ours', () => {
    given([requested]).when(heard.ringing).then(undefined);
    given([requested, attempting, rejected]).when(heard.ringing).then(undefined);
    given([requested]).when({ do: 'hear', news: end }).then(undefined);
  });

  it('given a verdict, only one that says more replaces it', () => {
    const machine: DialFact = { type: 'dial.machine-detected', data: { verdict: 'machine' } };
    const beep: DialFact = { type: 'dial.machine-detected', data: { verdict: 'machine-beep' } };
    const hear = (verdict: 'human' | 'machine' | 'machine-beep' | 'unknown') =>
      ({ do: 'hear', news: { kind: 'machine', verdict } }) as const;
    const before = [requested, attempting, answered];
    given(before).when(hear('machine')).then(machine);
    given([...before, machine])
      .when(hear('machine'))
      .then(undefined);
    given([...before, machine])
      .when(hear('unknown'))
      .then(undefined);
    given([...before, machine])
      .when(hear('machine-beep'))
      .then(beep);
    given([...before, beep])
      .when(hear('human'))
      .then(undefined);
  });

  it.each([
    ['dial_busy', null, 'busy'],
    ['user_declined', null, 'busy'],
    ['dial_no_answer', null, 'no-answer'],
    ['manual_stopped', null, 'cancelled'],
    ['invalid_destination', null, 'failed'],
    ['error_unknown', null, 'failed'],
    ['error_unknown', 0, 'failed'],
    ['error_unknown', 9, 'connected'],
    ['agent_hangup', 9, 'connected'],
  ] as const)('given the end %s after %s s, the outcome is %s', (reason, seconds, outcome) => {
    const news = { kind: 'ended', reason, detail: 'x', durationSeconds: seconds } as const;
    given([requested, attempting, accepted])
      .when({ do: 'hear', news })
      .then({
        type: 'dial.closed',
        data: { outcome, reason, detail: 'x', durationSeconds: seconds },
      });
  });

  it('V20 three times each and in any order ends in the same state', () => {
    const told: DialNews[] = [
      { kind: 'initiated', ...leg },
      { kind: 'ringing', ...leg },
      { kind: 'answered', ...leg },
      { kind: 'machine', verdict: 'machine' },
      end,
    ];
    const thrice = [...told, ...told, ...told];
    assert(
      property(
        shuffledSubarray(thrice, { minLength: thrice.length }),
        constantFrom<DialFact[]>([], [accepted], [unknown]),
        (deliveries, before) => {
          const facts = [requested, attempting, ...before];
          for (const news of deliveries) {
            const state = fold(dialDecider, facts);
            const fact = dialDecider.decide(state, { do: 'hear', news });
            if (fact) facts.push(fact);
          }
          expect(facts.filter(({ type }) => type === 'dial.closed')).toEqual([closed]);
          expect(fold(dialDecider, facts).status).toBe('over');
          const kinds = facts.map(({ type }) => type);
          expect(kinds).toEqual([...new Set(kinds)]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('giving up', () => {
  const close = {
    do: 'close',
    outcome: 'unknown',
    reason: 'error_unknown',
    detail: 'nobody told',
  } as const;
  const gaveUp: DialFact = {
    type: 'dial.closed',
    data: {
      outcome: 'unknown',
      reason: 'error_unknown',
      detail: 'nobody told',
      durationSeconds: null,
    },
  };

  it('given any open dial, it is closed once', () => {
    given([requested]).when(close).then(gaveUp);
    given([requested, attempting, unknown]).when(close).then(gaveUp);
    given([requested, attempting, unknown, gaveUp]).when(close).then(undefined);
    given([requested, attempting, rejected]).when(close).then(undefined);
  });
});

describe('forgetting', () => {
  const erase = { do: 'erase', reason: 'asked to' } as const;
  const erased: DialFact = { type: 'dial.erased', data: { reason: 'asked to' } };

  it('given it is over, once', () => {
    given([requested, attempting, rejected]).when(erase).then(erased);
    given([requested, attempting, closed]).when(erase).then(erased);
    given([requested, attempting, closed, erased]).when(erase).then(undefined);
  });

  it('given it goes on, not yet', () => {
    given([requested, attempting, answered]).when(erase).thenRefused('call.not-ended');
  });
});
