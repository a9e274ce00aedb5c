import { describe, expect, it } from '@jest/globals';
import plivo from 'plivo';
import twilio from 'twilio';
import { readAnswer } from './answer-document.js';

describe('readAnswer', () => {
  it('reads what Twilio’s own library writes', () => {
    const response = new twilio.twiml.VoiceResponse();
    const stream = response.connect().stream({
      url: 'wss://h.example.com/media/1',
      statusCallback: 'https://h.example.com/s',
    });
    stream.parameter({ name: 'token', value: 'a&b"<c>' });
    response.say({ language: 'de-DE' }, 'Auf Wiedersehen & <bis bald>');
    response.dial({ callerId: '+15550001111', timeLimit: 60 }).number('+15550002222');
    response.redirect('https://h.example.com/next?a=1&b=2');
    response.hangup();
    expect(readAnswer(response.toString())).toEqual([
      {
        verb: 'stream',
        order: {
          url: 'wss://h.example.com/media/1',
          statusUrl: 'https://h.example.com/s',
          parameters: { token: 'a&b"<c>' },
        },
      },
      { verb: 'say', text: 'Auf Wiedersehen & <bis bald>' },
      { verb: 'dial', to: '+15550002222', timeLimitSeconds: 60 },
      { verb: 'redirect', url: 'https://h.example.com/next?a=1&b=2' },
      { verb: 'hang-up' },
    ]);
  });

  it('reads what Plivo’s own library writes', () => {
    const response = plivo.Response();
    response.addSpeak('Hi', {});
    response.addHangup({ reason: 'busy' });
    expect(readAnswer(response.toXML())).toEqual([
      { verb: 'say', text: 'Hi' },
      { verb: 'reject', isBusy: true },
    ]);
  });

  it.each([
    '',
    'hello',
    '<Response>',
    '<Response></Reply>',
    '<Answer/>',
    '<Response/><Response/>',
    '<Response><Say>a & b</Say></Response>',
    '<Response><Connect><Stream url="https://h"/></Connect></Response>',
    '<Response><Dial>nobody</Dial></Response>',
    '<Response><Gather/></Response>',
    '<Response><Gather action="https://h" input="speech"/></Response>',
    '<Response><Conference/></Response>',
  ])('refuses %p as a carrier would', (source) => {
    expect(() => readAnswer(source)).toThrow(SyntaxError);
  });
});
