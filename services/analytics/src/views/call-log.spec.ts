import { describe, expect, it } from '@jest/globals';
import type { Envelope } from '@trunkline/contracts';
import { assert, property, shuffledSubarray, type Arbitrary } from 'fast-check';
import { historyOf, type Told } from '../../test/support/facts.js';
import { callLogs } from './call-log.js';
import type { CallLogDocument } from './call-log-document.js';

const project = (events: readonly Envelope[]): CallLogDocument => {
  const doc = events.reduce<CallLogDocument | undefined>(
    (before, event) => callLogs.project(before, event),
    undefined,
  );
  if (!doc) throw new Error('nothing happened');
  return doc;
};
const logOf = (...histories: readonly (readonly Told[])[]): CallLogDocument =>
  project(histories.flatMap((history) => historyOf(history)));

const dial: readonly Told[] = [
  { type: 'dial.requested', data: { campaign: 'c-1' } },
  { type: 'dial.attempting' },
  { type: 'dial.accepted' },
  { type: 'dial.ringing' },
  { type: 'dial.answered' },
  { type: 'dial.closed', atSeconds: 60 },
];
const call: readonly Told[] = [
  { type: 'call.started', data: { direction: 'outbound', campaign: 'c-1' }, atSeconds: 10 },
  { type: 'call.joined', atSeconds: 11 },
  { type: 'call.turn-user', atSeconds: 12 },
  { type: 'call.tool-called', atSeconds: 13 },
  { type: 'call.reconnecting', atSeconds: 14 },
  { type: 'call.rejoined', atSeconds: 15 },
  { type: 'call.turn-agent', atSeconds: 16 },
  { type: 'call.ended', atSeconds: 50 },
  { type: 'call.recording-stored', atSeconds: 55 },
];
const session: readonly Told[] = [{ type: 'voice-session.opened', atSeconds: 5 }];
const analysis: readonly Told[] = [{ type: 'analysis.transcript-ready', atSeconds: 70 }];
const unreached: readonly Told[] = [
  ...dial.slice(0, 4),
  { type: 'dial.closed', data: { outcome: 'no-answer', reason: 'dial_no_answer' }, atSeconds: 40 },
];

/** Every way in which the histories can come in, each in its own order. */
const interleaved = (histories: readonly (readonly Envelope[])[]): Arbitrary<Envelope[]> => {
  const turns = histories.flatMap((events, index) => events.map(() => index));
  const orders = shuffledSubarray(
    turns.map((_, place) => place),
    {
      minLength: turns.length,
      maxLength: turns.length,
    },
  );
  return orders.map((order) => {
    const rests = histories.map((events) => [...events]);
    return order.map((place) => rests[turns[place] ?? 0]?.shift() as Envelope);
  });
};

describe('the log of a call', () => {
  it.each<[string, (readonly Told[])[]]>([
    ['a call that was dialled', [dial, call, analysis]],
    ['a call that is still running', [dial.slice(0, 5), call.slice(0, 6)]],
    ['a call whose leg is gone first', [unreached, call.slice(0, 2)]],
    ['a call from a browser', [session, call.map(asBrowser), analysis]],
    ['a call nobody answered', [unreached]],
    [
      'a call that was forgotten',
      [
        [...dial, { type: 'dial.erased', atSeconds: 90 }],
        [...call, { type: 'call.erased', atSeconds: 90 }],
        [...analysis, { type: 'analysis.erased', atSeconds: 91 }],
      ],
    ],
  ])('is one document for %s, in whatever order its sources come', (_name, told) => {
    const histories = told.map((facts) => historyOf(facts));
    const expected = project(histories.flat());
    assert(
      property(interleaved(histories), (events) => {
        expect(project(events)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('E9 S18 S19 holds who, when, how long, how it ended, and what was said', () => {
    expect(logOf(dial, call, analysis)).toMatchObject({
      ...{ _id: 'call-1', tenant: 't-1', status: 'ended', kind: 'phone', direction: 'outbound' },
      ...{ agent: 'agent-1', version: 1, mode: 'cascaded', campaign: 'c-1' },
      ...{ from: '+15551230001', to: '+15551230002', carrier: 'twilio' },
      createdAt: '2026-11-21T09:00:00.000Z',
      startedAt: '2026-11-21T09:00:10.000Z',
      endedAt: '2026-11-21T09:00:50.000Z',
      ...{ durationMs: 12_000, endReason: 'user_hangup', endSide: 'caller', costMicros: 1200 },
      ...{ escalated: false, toolCount: 1, errorCount: 0, analysis: 'awaiting-analysis' },
      lines: [
        { who: 'caller', text: 'Hello' },
        { who: 'agent', text: 'Hello,', interrupted: true },
      ],
      turns: [{ turn: 1, finalMs: 460, firstTokenMs: 720, firstFrameMs: 815 }],
      recording: { status: 'stored', mono: 't-1/_adhoc/call-1.wav', sizeBytes: 384_044 },
    });
  });

  it('knows nothing of the leg that a caller was handed to', () => {
    const transfer = {
      call: 'call-1',
      kind: 'warm',
      carrierCallId: 'CA1',
      briefing: '',
      language: 'en',
    };
    const second = [{ type: 'dial.requested', data: { transfer } } as const, ...dial.slice(1)];
    expect(() => project(historyOf(second))).toThrow('nothing happened');
  });

  it('lets the first end stand, and takes late words in', () => {
    const late = logOf([
      ...call,
      { type: 'call.ended', data: { reason: 'error_unknown', durationMs: 1 }, atSeconds: 80 },
      { type: 'call.reconnecting', atSeconds: 81 },
      { type: 'call.rejoined', atSeconds: 82 },
      { type: 'call.turn-user', data: { text: 'Late.' }, atSeconds: 83 },
    ]);
    expect(late).toMatchObject({
      ...{ status: 'ended', endReason: 'user_hangup', durationMs: 12_000 },
      endedAt: '2026-11-21T09:00:50.000Z',
      recording: { status: 'stored' },
    });
    expect(late.lines.map(({ text }) => text)).toEqual(['Hello', 'Hello,', 'Late.']);
  });

  it.each<[string, CallLogDocument['status'], readonly Told[]]>([
    ['asked for', 'requested', dial.slice(0, 1)],
    ['sent to the carrier', 'dialling', dial.slice(0, 3)],
    ['ringing', 'ringing', dial.slice(0, 4)],
    ['picked up', 'answered', dial.slice(0, 5)],
    ['of unknown fate', 'unknown', [...dial.slice(0, 2), { type: 'dial.unknown' }]],
    ['refused', 'not-reached', [...dial.slice(0, 2), { type: 'dial.rejected' }]],
    ['not answered', 'not-reached', unreached],
    ['over without a word from voice', 'ended', dial],
    ['opened by a browser', 'opened', session],
    ['running', 'live', call.slice(0, 4)],
    ['without its socket', 'reconnecting', call.slice(0, 5)],
  ])('S3 tells a call that is %s', (_name, status, told) => {
    expect(logOf(told).status).toBe(status);
  });

  it('keeps nothing personal of a call that was forgotten', () => {
    const text = JSON.stringify(
      logOf([...dial, { type: 'dial.erased' }], [...call, { type: 'call.erased' }]),
    );
    expect(text).not.toMatch(/\+1555|Hello|wav/);
  });
});

function asBrowser(told: Told): Told {
  if (told.type !== 'call.started') return told;
  const nobody = { carrier: null, carrierAccount: null, from: null, to: null };
  return { ...told, data: { ...nobody, kind: 'practice', direction: 'inbound' } };
}
