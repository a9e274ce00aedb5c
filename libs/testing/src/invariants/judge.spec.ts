import { describe, expect, it } from '@jest/globals';
import { eventSubject } from '@trunkline/contracts';
import type { Evidence, LoggedEvent, StoredFile } from './evidence.js';
import { judge } from './judge.js';

const file: StoredFile = {
  ...{ key: 't-1/_adhoc/c-1.wav', sizeBytes: 100, sha256: 'a'.repeat(64) },
  ...{ riffBytes: 92, dataBytes: 56 },
};
const { key, sizeBytes, sha256 } = file;

function fact(v: number, type: string, data: object = {}): LoggedEvent {
  const ref = { tenant: 't-1', aggregate: 'call', id: 'c-1' };
  return {
    ...ref,
    subject: eventSubject(ref),
    eventId: `e-${v}`,
    v,
    type,
    schema: 1,
    occurredAt: new Date(v * 1000).toISOString(),
    actor: { kind: 'service', id: 'voice' },
    causationId: 'c-1',
    correlationId: 'r-1',
    data: data as Record<string, unknown>,
  };
}

const [started, joined, ended, stored] = [
  fact(1, 'call.started', { pod: 'voice-0' }),
  fact(2, 'call.joined'),
  fact(3, 'call.ended', { reason: 'user_hangup', recording: 'pending' }),
  fact(4, 'call.recording-stored', { mono: { key, sizeBytes, sha256 }, stereo: null }),
] as const;
const swept = fact(3, 'call.ended', { reason: 'error_runtime_lost', recording: 'pending' });
const create = { command: 'create', accountId: 'AC1', key: 'c-1', isAccepted: true };
const callLog = { _id: 'c-1', tenant: 't-1', status: 'ended', v: { call: 4 } };
const leg = { id: 'CA1', accountId: 'AC1', state: 'ended', from: '+15550001', to: '+15550002' };

const sound: Evidence = {
  ...{ acknowledged: ['c-1'], deaths: [], canaries: ['secret'], segments: [], letters: [] },
  events: [started, joined, ended, stored],
  callLogs: [{ ...callLog, recording: { sha256 } }],
  legs: [leg],
  deeds: [create],
  files: new Map([[key, file]]),
  said: ['{"event":"call.ended"}\n'],
};

const withFile = (change: Partial<StoredFile>): Partial<Evidence> => ({
  files: new Map([[key, { ...file, ...change }]]),
});

describe('the judge of what is left of a run', () => {
  it('finds nothing where everything holds', () => {
    expect(judge(sound)).toEqual([]);
  });

  it.each<[string, string, Partial<Evidence>]>([
    ['I1', 'dialled 2 times', { deeds: [create, create] }],
    ['I2', 'was acknowledged and is not in the log', { acknowledged: ['c-1', 'c-2'] }],
    ['I2', 'stands twice', { events: [started, joined, ended, { ...stored, eventId: 'e-3' }] }],
    ['I2', 'has the versions 1, 3, 4', { events: [started, ended, stored] }],
    [
      'I2',
      'began 0 times, with call.joined',
      {
        events: [
          { ...joined, v: 1 },
          { ...ended, v: 2 },
        ],
        callLogs: [],
      },
    ],
    [
      'I2',
      'its facts are not in the order they happened',
      {
        events: [
          started,
          { ...joined, occurredAt: ended.occurredAt },
          { ...ended, occurredAt: joined.occurredAt },
          stored,
        ],
      },
    ],
    [
      'I3',
      'ended 2 times',
      { events: [started, joined, ended, stored, { ...ended, v: 5, eventId: 'e-5' }] },
    ],
    ['I3', 'has 0 documents', { callLogs: [] }],
    ['I3', 'left 1 segments behind', { segments: ['t-1/c-1/000000'] }],
    ['I3', 'has 0 recordings', { events: [started, joined, ended] }],
    ['I3', 'its document shows another recording', { callLogs: [{ ...callLog, recording: null }] }],
    ['I3', 'is not in the object store', { files: new Map() }],
    ['I3', 'has 60 of 100 bytes', withFile({ sizeBytes: 60, riffBytes: 52, dataBytes: 16 })],
    ['I3', 'has another sha256 than the log says', withFile({ sha256: 'b'.repeat(64) })],
    ['I3', 'says another size than it has', withFile({ riffBytes: 0 })],
    ['I3', 'says another length than it has', withFile({ dataBytes: 0 })],
    [
      'I4',
      'parked in call-logs',
      { letters: [{ state: 'parked', projection: 'call-logs', id: 'c-1' }] },
    ],
    [
      'I4',
      'its document is at 3 of 4',
      { callLogs: [{ ...callLog, v: { call: 3 }, recording: { sha256 } }] },
    ],
    [
      'I5',
      'its document is of another tenant',
      { callLogs: [{ ...callLog, tenant: 't-2', recording: { sha256 } }] },
    ],
    [
      'I5',
      'holds an event of another aggregate',
      { events: [{ ...started, tenant: 't-2' }, joined, ended, stored] },
    ],
    [
      'I5',
      'lies under no tenant of this log',
      {
        files: new Map([
          [key, file],
          ['t-9/x.wav', file],
        ]),
      },
    ],
    ['I6', 'is not over', { events: [started, joined] }],
    ['I6', 'is in-progress at its carrier', { legs: [{ ...leg, state: 'in-progress' }] }],
    [
      'I6',
      'ended 80 s after its pod',
      {
        events: [started, joined, { ...swept, occurredAt: new Date(82_000).toISOString() }, stored],
        deaths: [{ pod: 'voice-0', atMs: 2000 }],
      },
    ],
    ['I7', 'stands in the logs', { said: ['{"to":"+15550002"}'] }],
    ['I7', 'stands in the logs', { said: ['the secret'] }],
  ])('%s: %s', (invariant, what, change) => {
    const found = judge({ ...sound, ...change });
    expect(found).toContainEqual(expect.objectContaining({ invariant, what }));
  });

  it('lets facts that come after a sweeper ended the call be older than its end', () => {
    const late = { ...fact(4, 'call.turn-user'), occurredAt: joined.occurredAt };
    const events = [started, joined, swept, late, { ...stored, v: 5, eventId: 'e-5' }];
    const callLogs = [{ ...callLog, v: { call: 5 }, recording: { sha256 } }];
    expect(judge({ ...sound, events, callLogs })).toEqual([]);
  });

  it.each(['none', 'failed'])('asks for no recording of a call that has %s', (recording) => {
    const silent = fact(3, 'call.ended', { reason: 'user_hangup', recording });
    const callLogs = [{ ...callLog, v: { call: 3 }, recording: null }];
    expect(judge({ ...sound, events: [started, joined, silent], callLogs })).toEqual([]);
  });
});
