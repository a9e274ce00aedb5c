import { describe, expect, it } from '@jest/globals';
import { carriers } from '@trunkline/contracts';
import { XMLParser } from 'fast-xml-parser';
import * as fc from 'fast-check';
import { carrierKits } from './carrier-kits.js';
import type { MediaMessage } from './media-message.js';
import { NonceBook, secretsOf } from '../test/requests.js';

const kits = carriers.map((carrier) => [carrier, carrierKits[carrier]] as const);
const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
});
const order = {
  url: 'wss://media.example.com/media/a1',
  token: 'tok.en-_1',
  parameters: { callId: 'c1' },
  timeLimitSeconds: 660,
};

/** What a carrier sends first, with the parameters that it was given. */
const starts = {
  twilio: {
    event: 'start',
    streamSid: 'MZ1',
    start: {
      accountSid: 'AC1',
      callSid: 'call-1',
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: { token: 'tok', callId: 'c1' },
    },
  },
  telnyx: {
    event: 'start',
    stream_id: 'MZ1',
    start: {
      call_control_id: 'call-1',
      media_format: { encoding: 'PCMU', sample_rate: '8000', channels: 1 },
      custom_parameters: { token: 'tok', callId: 'c1' },
    },
  },
  plivo: {
    event: 'start',
    start: {
      callId: 'call-1',
      streamId: 'MZ1',
      accountId: 'AC1',
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 },
    },
    extra_headers: 'token=tok;callId=c1',
  },
  vobiz: {
    event: 'start',
    sequenceNumber: 0,
    start: {
      callId: 'call-1',
      streamId: 'MZ1',
      accountId: 'AC1',
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 },
    },
    extra_headers: '{}',
  },
};

describe.each(kits)('the kit of %s', (carrier, kit) => {
  const begun = () => {
    const session = kit.media.open();
    session.decode(JSON.stringify(starts[carrier]));
    return session;
  };

  it('S2 never throws on any webhook, and lets none in', async () => {
    const value = fc.string({ unit: 'binary', maxLength: 40 });
    const name = fc.constantFrom(
      'x-twilio-signature',
      'telnyx-signature-ed25519',
      'telnyx-timestamp',
      'x-plivo-signature-v3',
      'x-plivo-signature-v3-nonce',
      'x-vobiz-signature-v3',
      'x-vobiz-signature-v2',
      'content-type',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array(),
        value,
        fc.dictionary(name, value),
        async (body, path, headers) => {
          const request = {
            method: 'POST' as const,
            url: `https://h.example.com/${path}`,
            headers,
            rawBody: body,
          };
          const verdict = await kit.webhooks.verify(request, secretsOf('key'), new NonceBook());
          expect(verdict.ok).toBe(false);
          expect(typeof kit.webhooks.parse(body).kind).toBe('string');
        },
      ),
    );
  });

  it('E2 never throws on any bytes, text or JSON of the socket', () => {
    const events = ['media', 'start', 'dtmf', 'mark', 'stop', 'connected', 'playedStream', 'error'];
    const guess = fc.record(
      {
        event: fc.constantFrom(...events),
        media: fc.oneof(fc.jsonValue(), fc.record({ payload: fc.string(), chunk: fc.jsonValue() })),
        start: fc.jsonValue(),
        dtmf: fc.jsonValue(),
        mark: fc.jsonValue(),
        name: fc.jsonValue(),
        extra_headers: fc.jsonValue(),
      },
      { requiredKeys: ['event'] },
    );
    const wire = fc.oneof(
      fc.uint8Array(),
      fc.string(),
      fc.json(),
      guess.map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(fc.array(wire, { maxLength: 10 }), fc.boolean(), (messages, hasBegun) => {
        const session = hasBegun ? begun() : kit.media.open();
        for (const message of messages) {
          for (const one of session.decode(message)) expect(typeof one.type).toBe('string');
        }
      }),
    );
  });

  it('E2 drops frames before the start, second starts, other codecs and frames after the stop', () => {
    const frame = JSON.stringify({
      event: 'media',
      media: { track: 'inbound', chunk: '1', payload: 'fn5+fg==' },
    });
    const start = JSON.stringify(starts[carrier]);
    const wrong = start.replaceAll(/audio\/x-mulaw|PCMU/g, 'audio/x-l16');
    const typed = (messages: readonly MediaMessage[]) =>
      messages.map((one) => (one.type === 'malformed' ? one.reason : one.type));
    const session = kit.media.open();
    expect(typed(session.decode(frame))).toEqual(['before-start']);
    expect(typed(session.decode(wrong))).toEqual(['wrong-codec']);
    expect(typed(session.decode(start))).toEqual(['start']);
    expect(typed(session.decode(start))).toEqual(['second-start']);
    expect(typed(session.decode(frame))).toEqual(['audio']);
    expect(typed(session.decode('{"event":"stop"}'))).toEqual(['stop']);
    expect(typed(session.decode(frame))).toEqual(['after-stop']);
  });

  it.each([
    ['"%%%%"', 'bad-base64'],
    ['"AAA"', 'bad-base64'],
    ['"AA-_"', 'bad-base64'],
    ['"AA==AAAA"', 'bad-base64'],
    ['7', 'bad-base64'],
    ['""', 'bad-audio-length'],
  ])('E2 drops a frame whose payload is %s', (payload, reason) => {
    const text = `{"event":"media","media":{"track":"inbound","payload":${payload}}}`;
    expect(begun().decode(text)).toEqual([{ type: 'malformed', reason }]);
  });

  it.each([
    ['too-long', `{"event":"${'x'.repeat(70_000)}"}`],
    ['not-json', '{'],
    ['not-json', Buffer.from([0xff, 0xfe])],
    ['wrong-shape', '[]'],
    ['wrong-shape', '{"event":7}'],
    ['wrong-shape', '{"event":"start"}'],
    ['wrong-shape', '{"event":"dtmf","dtmf":{"digit":"12"}}'],
  ])('E2 calls a message malformed: %s', (reason, text) => {
    expect(begun().decode(text)).toEqual([{ type: 'malformed', reason }]);
  });

  it('ignores what it does not know, and our own track', () => {
    const session = begun();
    expect(session.decode('{"event":"news","x":1}')).toMatchObject([{ type: 'ignored' }]);
    const own = '{"event":"media","media":{"track":"outbound","payload":"AAAA"}}';
    expect(session.decode(own)).toMatchObject([{ type: 'ignored' }]);
  });

  it('reads the start as a text or as bytes', () => {
    const expected = {
      type: 'start',
      streamId: 'MZ1',
      carrierCallId: 'call-1',
      accountId: carrier === 'telnyx' ? null : 'AC1',
      codec: 'mulaw',
      rateHz: 8000,
      parameters: carrier === 'vobiz' ? {} : { callId: 'c1' },
      token: carrier === 'vobiz' ? null : 'tok',
    };
    const text = JSON.stringify({ ...starts[carrier], some_new_field: { a: [1] } });
    expect(kit.media.open().decode(text)).toEqual([expected]);
    expect(kit.media.open().decode(Buffer.from(text))).toEqual([expected]);
  });

  it('reads back the audio that it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (bytes) => {
        const session = begun();
        const written = session.encode({ type: 'audio', bytes }) ?? '';
        const wire = JSON.parse(written) as { media: { payload: string } };
        const echoed = { event: 'media', media: { track: 'inbound', payload: wire.media.payload } };
        const [read] = session.decode(JSON.stringify(echoed));
        expect(read).toMatchObject({ type: 'audio' });
        expect(read?.type === 'audio' && Buffer.from(read.bytes).equals(bytes)).toBe(true);
      }),
    );
  });

  it('tells a mark that was heard from one that a clear has overtaken', () => {
    const session = begun();
    const event = ['plivo', 'vobiz'].includes(carrier) ? 'playedStream' : 'mark';
    const echoOf = (name: string) =>
      session.decode(JSON.stringify({ event, name, mark: { name } }));
    session.encode({ type: 'mark', name: 'a' });
    session.encode({ type: 'mark', name: 'b' });
    expect(echoOf('a')).toEqual([{ type: 'mark-played', name: 'a', flushed: false }]);
    session.encode({ type: 'clear' });
    session.encode({ type: 'mark', name: 'c' });
    expect(echoOf('b')).toEqual([{ type: 'mark-played', name: 'b', flushed: true }]);
    expect(echoOf('c')).toEqual([{ type: 'mark-played', name: 'c', flushed: false }]);
  });

  it('refuses to write before the start', () => {
    expect(() => kit.media.open().encode({ type: 'clear' })).toThrow('before start');
  });

  it('answers with documents that read back as what was meant', () => {
    const hostile = `a<b>&"c'\u0000\u001f\ud800 ]]> ü 😀`;
    const readable = `a<b>&"c'\ufffd ]]> ü 😀`;
    const tag = carrier === 'plivo' || carrier === 'vobiz' ? 'Speak' : 'Say';
    const said = kit.answers.sayAndHangUp(hostile, 'de-DE');
    expect(said.contentType).toBe('application/xml; charset=utf-8');
    expect(xml.parse(said.body)).toMatchObject({
      Response: { [tag]: { '#text': readable, language: 'de-DE' }, Hangup: '' },
    });
    expect(kit.answers.busy('x').body).toBe(kit.answers.sayAndHangUp('x').body);
    expect(kit.answers.busy().body).toContain('reason="busy"');
    const briefing = { text: hostile, language: 'de', keysUrl: 'https://h.example.com/k?a=1&b=2' };
    const heard = kit.answers.hear(briefing).body;
    expect(heard).toContain('a=1&amp;b=2');
    expect(heard).toContain('language="de-DE"');
    expect(heard).toMatch(/<Hangup\/><\/Response>$/);
    const room = kit.answers.meet({ room: 'r1', timeLimitSeconds: 60 }).body;
    expect(room).toContain('>r1</Conference>');
    expect(room).toContain('endConferenceOnExit="true"');
    expect(kit.answers.leave().body).toContain('<Response><Hangup/></Response>');
  });

  it('puts the token where the socket will bring it', () => {
    const body = kit.answers.streamTo(order).body;
    const inPath = body.includes(`${order.url}/${order.token}`);
    expect(body).toContain(order.token);
    expect(inPath).toBe(kit.media.traits.tokenIn === 'path');
  });
});
