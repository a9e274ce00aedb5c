import { describe, expect, it } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';
import plivo from 'plivo';
import twilio from 'twilio/lib/twiml/VoiceResponse.js';
import { carrierKits } from '../carrier-kits.js';

const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false });
const read = (text: string): unknown => (parser.parse(text) as { Response: unknown }).Response;
const order = {
  url: 'wss://media.example.com/media/a1',
  token: 'tok',
  parameters: { q: `a&b"<c>` },
  timeLimitSeconds: 660,
  statusUrl: 'https://h.example.com/stream?a=1&b=2',
};

const hear = {
  text: 'Somebody asks for <you>. Press 1.',
  language: 'en',
  keysUrl: 'https://h.example.com/keys',
};
const meet = { room: 'room-1', timeLimitSeconds: 60 };

describe('the documents', () => {
  it('are what the SDK of Twilio writes', () => {
    const ours = carrierKits.twilio.answers;
    const stream = new twilio();
    const connected = stream.connect().stream({ url: order.url, statusCallback: order.statusUrl });
    connected.parameter({ name: 'q', value: order.parameters.q });
    connected.parameter({ name: 'token', value: 'tok' });
    expect(read(ours.streamTo(order).body)).toEqual(read(stream.toString()));

    const said = new twilio();
    said.say({ language: 'de-DE' }, 'Öffnen & <schließen>');
    said.hangup();
    const text = ours.sayAndHangUp('Öffnen & <schließen>', 'de-DE').body;
    expect(read(text)).toEqual(read(said.toString()));

    const busy = new twilio();
    busy.reject({ reason: 'busy' });
    expect(read(ours.busy().body)).toEqual(read(busy.toString()));

    const heard = new twilio();
    for (let n = 0; n < 2; n += 1) {
      const asked = { numDigits: 1, timeout: 7, action: hear.keysUrl, method: 'POST' };
      const gather = heard.gather({ ...asked, input: ['dtmf'] });
      gather.say({ language: 'en-US' }, hear.text);
    }
    heard.hangup();
    expect(read(ours.hear(hear).body)).toEqual(read(heard.toString()));

    const met = new twilio();
    const room = {
      ...{ waitUrl: '', maxParticipants: 2 },
      ...{ startConferenceOnEnter: true, endConferenceOnExit: true },
    };
    met.dial({ timeLimit: 60 }).conference({ beep: 'false', ...room }, 'room-1');
    expect(read(ours.meet(meet).body)).toEqual(read(met.toString()));
  });

  it('are what the SDK of Plivo writes', () => {
    const theirs = plivo.Response();
    theirs.addStream(order.url, {
      bidirectional: 'true',
      keepCallAlive: 'true',
      audioTrack: 'inbound',
      contentType: 'audio/x-mulaw;rate=8000',
      streamTimeout: 660,
      statusCallbackUrl: order.statusUrl,
      statusCallbackMethod: 'POST',
      extraHeaders: 'q=a%26b%22%3Cc%3E,token=tok',
    });
    const ours = carrierKits.plivo.answers;
    expect(read(ours.streamTo(order).body)).toEqual(read(theirs.toXML()));

    const heard = plivo.Response();
    for (let n = 0; n < 2; n += 1) {
      const asked = { action: hear.keysUrl, method: 'POST', inputType: 'dtmf', numDigits: 1 };
      const input = heard.addGetInput({ ...asked, executionTimeout: 7 });
      input.addSpeak(hear.text, { language: 'en-US' });
    }
    heard.addHangup({});
    expect(read(ours.hear(hear).body)).toEqual(read(heard.toXML()));

    const met = plivo.Response();
    met.addConference('room-1', {
      ...{ startConferenceOnEnter: true, endConferenceOnExit: true, stayAlone: true },
      ...{ maxMembers: 2, timeLimit: 60 },
    });
    expect(read(ours.meet(meet).body)).toEqual(read(met.toXML()));
  });

  it('ask for a key by the name that Vobiz has for it', () => {
    const { answers } = carrierKits.vobiz;
    expect(answers.hear(hear).body).toContain('<Gather action="https://h.example.com/keys"');
    expect(answers.meet(meet).body).toBe(carrierKits.plivo.answers.meet(meet).body);
  });

  it('carry no parameters to Vobiz, and let it come back', () => {
    const body = carrierKits.vobiz.answers.streamTo(order).body;
    expect(body).not.toContain('extraHeaders');
    expect(body).toContain('maxRetries="3"');
    expect(body).toContain(`>${order.url}/tok</Stream>`);
  });

  it('refuse more than Plivo carries', () => {
    const parameters = { long: 'x'.repeat(600) };
    const tooMuch = { ...order, parameters };
    expect(() => carrierKits.plivo.answers.streamTo(tooMuch)).toThrow('request.too-large');
  });

  it('ask Telnyx for µ-law both ways', () => {
    const body = carrierKits.telnyx.answers.streamTo(order).body;
    expect(body).toContain('bidirectionalMode="rtp"');
    expect(body).toContain('bidirectionalCodec="PCMU"');
  });
});
