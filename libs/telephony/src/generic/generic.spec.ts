import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { GenericMedia } from './generic-media.js';
import { readBrowserOffer, readPathToken } from './subprotocol.js';

const frame = {
  type: 'audio',
  session_id: 's1',
  timestamp: 40,
  sequence: 2,
  data: 'AAABAA==',
  format: 'pcm_16k',
};
const open = () => new GenericMedia().open();
const types = (session: ReturnType<typeof open>, message: unknown) =>
  session
    .decode(JSON.stringify(message))
    .map((one) => (one.type === 'malformed' ? one.reason : one.type));

describe('GenericMedia', () => {
  it('E6 accepts the documented frame, which begins the session too', () => {
    expect(open().decode(JSON.stringify(frame))).toEqual([
      {
        type: 'start',
        streamId: 's1',
        carrierCallId: 's1',
        accountId: null,
        codec: 'pcm16le',
        rateHz: 16_000,
        parameters: {},
        token: null,
      },
      { type: 'audio', bytes: Buffer.from([0, 0, 1, 0]), timestampMs: 40 },
    ]);
  });

  it('E6 writes the documented frame, counting the sound it sent', () => {
    const session = open();
    session.decode(JSON.stringify({ type: 'start', session_id: 's1', parameters: { a: '1' } }));
    const bytes = new Uint8Array(640);
    const written = [1, 2].map(() => JSON.parse(session.encode({ type: 'audio', bytes }) ?? ''));
    const data = Buffer.from(bytes).toString('base64');
    expect(written).toEqual([
      { type: 'audio', session_id: 's1', timestamp: 0, sequence: 1, data, format: 'pcm_16k' },
      { type: 'audio', session_id: 's1', timestamp: 20, sequence: 2, data, format: 'pcm_16k' },
    ]);
  });

  it('E6 takes any sound through the frame and back', () => {
    const sound = fc.uint8Array({ minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(sound, (half) => {
        const bytes = Buffer.concat([half, half]);
        const session = open();
        session.decode(JSON.stringify({ type: 'start', session_id: 's1' }));
        const [read] = session.decode(session.encode({ type: 'audio', bytes }) ?? '');
        expect(read?.type === 'audio' && bytes.equals(read.bytes)).toBe(true);
      }),
    );
  });

  it.each([
    ['another format', { ...frame, format: 'pcm_8k' }, ['wrong-codec']],
    ['no session', { ...frame, session_id: undefined }, ['wrong-shape']],
    ['bad base64', { ...frame, data: '*' }, ['bad-base64']],
    ['half a sample', { ...frame, data: 'AA==' }, ['bad-audio-length']],
    ['a date', { ...frame, timestamp: '2026-11-21T09:00:00Z' }, ['start', 'audio']],
    ['another type', { type: 'ping' }, ['ignored']],
    ['no type', {}, ['wrong-shape']],
    ['a mark too early', { type: 'mark', name: 'm' }, ['before-start']],
  ])('E6 given %s', (_, message, expected) => {
    expect(types(open(), message)).toEqual(expected);
  });

  it('E6 refuses the sound of another session and anything after the stop', () => {
    const session = open();
    expect(types(session, { type: 'start', session_id: 's1' })).toEqual(['start']);
    expect(types(session, { ...frame, session_id: 's2' })).toEqual(['wrong-shape']);
    expect(types(session, { type: 'dtmf', digit: 'a' })).toEqual(['dtmf']);
    expect(types(session, { type: 'cleared' })).toEqual(['cleared']);
    expect(types(session, { type: 'stop' })).toEqual(['stop']);
    expect(types(session, frame)).toEqual(['after-stop']);
  });

  it('takes bare PCM in binary messages once it has started', () => {
    const session = open();
    const malformed = (reason: string) => [{ type: 'malformed', reason }];
    expect(session.decode(new Uint8Array(640))).toEqual(malformed('before-start'));
    session.decode(JSON.stringify({ type: 'start', session_id: 's1' }));
    expect(session.decode(new Uint8Array(640))).toMatchObject([{ type: 'audio' }]);
    expect(session.decode(new Uint8Array(641))).toEqual(malformed('bad-audio-length'));
    expect(session.decode(new Uint8Array(0))).toEqual(malformed('bad-audio-length'));
    expect(session.decode(new Uint8Array(70_000))).toEqual(malformed('too-long'));
  });

  it('never throws on anything', () => {
    const guess = fc.record({
      type: fc.constantFrom('audio', 'start', 'dtmf', 'mark', 'stop', 'cleared'),
      session_id: fc.oneof(fc.constant('s1'), fc.jsonValue()),
      data: fc.oneof(fc.base64String(), fc.jsonValue()),
      format: fc.constantFrom('pcm_16k', 7, null),
      timestamp: fc.jsonValue(),
    });
    const wire = fc.oneof(
      fc.uint8Array(),
      fc.string(),
      guess.map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(fc.array(wire, { maxLength: 8 }), (messages) => {
        const session = open();
        for (const message of messages) session.decode(message);
      }),
    );
  });
});

describe('readBrowserOffer', () => {
  it('takes the token and answers the protocol alone', () => {
    expect(readBrowserOffer('trunkline.v1, token.ey.J-x_9.sig')).toEqual({
      protocol: 'trunkline.v1',
      token: 'ey.J-x_9.sig',
    });
    expect(readBrowserOffer('token.abc,trunkline.v1')?.token).toBe('abc');
  });

  it.each([
    undefined,
    '',
    'trunkline.v1',
    'token.abc',
    'trunkline.v1, token.',
    'trunkline.v1, token.a, token.b',
    'trunkline.v1, token.a/b',
    'trunkline.v2, token.a',
    `trunkline.v1, token.${'a'.repeat(9_000)}`,
  ])('refuses %j', (header) => {
    expect(readBrowserOffer(header)).toBeUndefined();
  });
});

describe('readPathToken', () => {
  it.each([
    ['/media/vobiz/a1/tok_-1', 'tok_-1'],
    ['/media/vobiz/a1/tok?x=1', 'tok'],
    ['/media/vobiz/a1/', undefined],
    ['/media/a%2fb', undefined],
  ])('of %s is %s', (path, token) => {
    expect(readPathToken(path)).toBe(token);
  });
});
