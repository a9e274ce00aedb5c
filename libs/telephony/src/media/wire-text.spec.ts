import { describe, expect, it } from '@jest/globals';
import { carrierKits } from '../carrier-kits.js';
import { SentMarks } from './sent-marks.js';
import type { Outbound } from '../media-message.js';

const bytes = Uint8Array.of(0, 1, 2);
const outbound: readonly Outbound[] = [
  { type: 'audio', bytes },
  { type: 'mark', name: 'm1' },
  { type: 'clear' },
  { type: 'dtmf', digits: '12#' },
  { type: 'stop' },
];
const mulaw = { encoding: 'audio/x-mulaw', sampleRate: 8000 };

describe('what is written', () => {
  it.each([
    [
      'twilio',
      { event: 'start', streamSid: 'MZ1', start: { callSid: 'CA1', mediaFormat: mulaw } },
      [
        { event: 'media', streamSid: 'MZ1', media: { payload: 'AAEC' } },
        { event: 'mark', streamSid: 'MZ1', mark: { name: 'm1' } },
        { event: 'clear', streamSid: 'MZ1' },
        null,
        null,
      ],
    ],
    [
      'telnyx',
      {
        event: 'start',
        stream_id: 's1',
        start: { call_control_id: 'v3:1', media_format: { encoding: 'PCMU', sample_rate: 8000 } },
      },
      [
        { event: 'media', media: { payload: 'AAEC' } },
        { event: 'mark', mark: { name: 'm1' } },
        { event: 'clear' },
        null,
        null,
      ],
    ],
    [
      'plivo',
      { event: 'start', start: { callId: 'u1', streamId: 's1', mediaFormat: mulaw } },
      [
        {
          event: 'playAudio',
          media: { contentType: 'audio/x-mulaw', sampleRate: 8000, payload: 'AAEC' },
        },
        { event: 'checkpoint', streamId: 's1', name: 'm1' },
        { event: 'clearAudio', streamId: 's1' },
        { event: 'sendDTMF', dtmf: '12#' },
        null,
      ],
    ],
    [
      'vobiz',
      { event: 'start', start: { callId: 'u1', streamId: 's1', mediaFormat: mulaw } },
      [
        {
          event: 'playAudio',
          streamId: 's1',
          media: { contentType: 'audio/x-mulaw', sampleRate: 8000, payload: 'AAEC' },
        },
        { event: 'checkpoint', streamId: 's1', name: 'm1' },
        { event: 'clearAudio', streamId: 's1' },
        null,
        { event: 'stop', streamId: 's1' },
      ],
    ],
  ] as const)('is the wire of %s', (carrier, start, expected) => {
    const session = carrierKits[carrier].media.open();
    session.decode(JSON.stringify(start));
    const written = outbound.map((message) => session.encode(message));
    expect(written.map((text) => (text === null ? null : (JSON.parse(text) as unknown)))).toEqual(
      expected,
    );
  });
});

describe('what is read', () => {
  const telnyx = () => {
    const session = carrierKits.telnyx.media.open();
    session.decode(
      JSON.stringify({
        event: 'start',
        stream_id: 's1',
        start: {
          call_control_id: 'v3:1',
          media_format: { encoding: 'PCMU', sample_rate: 8000 },
          custom_parameters: [{ name: 'token', value: 'tok' }],
        },
      }),
    );
    return session;
  };
  const frame = (chunk: number, byte: number) =>
    JSON.stringify({
      event: 'media',
      media: {
        track: 'inbound',
        chunk: String(chunk),
        timestamp: String(chunk * 20),
        payload: Buffer.of(byte).toString('base64'),
      },
    });

  it('puts the chunks of Telnyx in order and gives out the rest at the stop', () => {
    const session = telnyx();
    const read = [frame(1, 1), frame(3, 3), frame(2, 2), frame(2, 2), frame(5, 5)].flatMap((text) =>
      session.decode(text),
    );
    const audio = read.flatMap((one) => (one.type === 'audio' ? [one] : []));
    expect(audio.map((one) => one.bytes[0])).toEqual([1, 2, 3]);
    expect(audio.map((one) => one.timestampMs)).toEqual([20, 40, 60]);
    expect(read.at(-1)).toEqual({ type: 'ignored', what: 'late or repeated chunk' });
    expect(session.decode('{"event":"stop"}').map((one) => one.type)).toEqual(['audio', 'stop']);
  });

  it('names the errors that Telnyx reports', () => {
    const text = '{"event":"error","payload":{"code":100004,"title":"invalid_media"}}';
    expect(telnyx().decode(text)).toEqual([{ type: 'ignored', what: 'error 100004' }]);
  });

  it.each([
    ['a=1;token=t', { a: '1' }, 't'],
    ['a=1,token=t', { a: '1' }, 't'],
    ['{"a":"1","X-PH-token":"t"}', { a: '1' }, 't'],
    ['{X-PH-a: 1;X-PH-token: t}', { a: '1' }, 't'],
    ['a=1%2C2%3D3;token=t', { a: '1,2=3' }, 't'],
    ['a=%E0%A4%A;token=t', { a: '%E0%A4%A' }, 't'],
    ['{}', {}, null],
    [7, {}, null],
  ])('reads the extra headers %j', (extra_headers, parameters, token) => {
    const start = { callId: 'u1', streamId: 's1', mediaFormat: mulaw };
    const text = JSON.stringify({ event: 'start', start, extra_headers });
    expect(carrierKits.plivo.media.open().decode(text)).toMatchObject([{ parameters, token }]);
  });
});

describe('SentMarks', () => {
  it('keeps no more than it may when nothing is ever echoed', () => {
    const marks = new SentMarks();
    for (let index = 0; index < 2_000; index += 1) marks.sent(`m${index}`);
    marks.clear();
    expect(marks.echoed('m0')).toBe(false);
    expect(marks.echoed('m1999')).toBe(true);
    expect(marks.echoed('m1999')).toBe(false);
  });
});
