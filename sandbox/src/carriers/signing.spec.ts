import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import plivo from 'plivo';
import twilio from 'twilio';
import { keyFromSeed, signPlivo, signTelnyx, signTwilio, signVobiz } from './signing.js';

const fields = (of: Record<string, string>) => Object.entries(of);
const seed = Buffer.alloc(32, 7).toString('base64');

describe('signatures of the carriers', () => {
  it('signs as Twilio does, by its vector and its own verifier', () => {
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const form = {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    };
    const signed = signTwilio({ url, fields: fields(form) }, '12345');
    expect(signed['x-twilio-signature']).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
    const stream = 'wss://media.example.com/media/twilio/a1';
    const handshake = signTwilio({ url: stream }, 'tok')['x-twilio-signature'] ?? '';
    expect(twilio.validateRequest('tok', handshake, stream, {})).toBe(true);
    expect(twilio.validateRequest('other', handshake, stream, {})).toBe(false);
  });

  it('signs as Plivo does, by its vectors and its own verifier', () => {
    const answer = {
      url: 'https://h.example.com/plivo/answer/abc',
      fields: fields({
        From: '15551230001',
        To: '15551230002',
        CallUUID: 'u-1',
        Direction: 'outbound',
      }),
    };
    const signed = signPlivo(answer, 'my_auth_token', '12345678901234567890');
    expect(signed['x-plivo-signature-v3']).toBe('Kdyb7fJDtUUX+HpObfjsq2mtFQO6bzrCIluGNsHXoYk=');
    const query = {
      url: 'https://h.example.com/plivo/answer?b=2&a=1',
      fields: fields({ To: '1', From: '2' }),
    };
    const own = signPlivo(query, 'my_auth_token', 'n1')['x-plivo-signature-v3'] ?? '';
    expect(own).toBe('+qY1FPr1TV5RYHgKlYn6Yg7x97DpJHIcEXOGxuFDemY=');
    const form = { To: '1', From: '2' };
    const isRight = (token: string): boolean =>
      Boolean(plivo.validateV3Signature('POST', query.url, 'n1', token, own, form));
    expect(isRight('my_auth_token')).toBe(true);
    expect(isRight('other')).toBe(false);
  });

  it('signs as Vobiz does, by the vectors', () => {
    const signed = signVobiz({ url: 'https://h.example.com/vobiz/answer/abc?x=1' }, 'tok', 'n1');
    expect(signed['x-vobiz-signature-v3']).toBe('7fo8Lp7gipXEss1WIM9hXAkMK9Klv4qYwI6LvKS/+B0=');
    expect(signed['x-vobiz-signature-v2']).toBe('nBgqd8wxmzSx7WzuXQDExkqgDx886GRwpBu0sk+8KsU=');
  });

  it('signs as Telnyx does, by the vector', () => {
    const key = keyFromSeed(seed);
    const { x } = createPublicKey(key).export({ format: 'jwk' });
    expect(Buffer.from(x ?? '', 'base64url').toString('base64')).toBe(
      '6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=',
    );
    const json = '{"data":{"event_type":"call.initiated"}}';
    const signed = signTelnyx({ url: 'https://h.example.com', json }, key, 1_700_000_000);
    expect(signed['telnyx-signature-ed25519']).toBe(
      'F8nurusiwYTb1R6vwOp3pyxERRxzLVv0RFEXuUE32ife1cVygoWLnjOr3Kfru0CQt6acRyh+8dGz+5GldIM/DQ==',
    );
  });
});
