import { createPrivateKey, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { NonceBook, request, secretsOf } from '../../test/requests.js';
import { verifyTelnyx } from './telnyx-signature.js';

const key = '6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=';
const signature =
  'F8nurusiwYTb1R6vwOp3pyxERRxzLVv0RFEXuUE32ife1cVygoWLnjOr3Kfru0CQt6acRyh+8dGz+5GldIM/DQ==';
const body = '{"data":{"event_type":"call.initiated"}}';
const signedAtMs = 1_700_000_000_000;
const seed = Buffer.concat([
  Buffer.from('302e020100300506032b657004220420', 'hex'),
  Buffer.alloc(32, 7),
]);
const privateKey = createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' });
const signedAs = (timestamp: string) =>
  sign(null, Buffer.from(`${timestamp}|${body}`), privateKey).toString('base64');

function given(headers: Record<string, string> = {}, more: { body?: string } = {}) {
  return request({
    url: 'https://h.example.com/telnyx',
    type: 'application/json',
    body,
    ...more,
    headers: {
      'Telnyx-Signature-Ed25519': signature,
      'Telnyx-Timestamp': '1700000000',
      ...headers,
    },
  });
}

describe('verifyTelnyx', () => {
  it('S2 accepts the known answer once and refuses its replay', async () => {
    const book = new NonceBook();
    expect(await verifyTelnyx(given(), secretsOf(key), book)).toEqual({
      ok: true,
      signed: true,
      claimedNonce: `telnyx:${signature}`,
    });
    expect(await verifyTelnyx(given(), secretsOf(key), book)).toEqual({
      ok: false,
      refused: 'nonce-replayed',
    });
  });

  it.each([
    [299, true],
    [-299, true],
    [301, false],
    [-301, false],
  ])('S2 with the clock %d s away: %s', async (seconds, ok) => {
    const book = new NonceBook(signedAtMs + seconds * 1_000);
    expect((await verifyTelnyx(given(), secretsOf(key), book)).ok).toBe(ok);
  });

  it.each(['NaN', '', '1700000000.0', ' 1700000000', '-1', '1e9', 'Infinity'])(
    'S2 refuses the timestamp %j although it is signed',
    async (timestamp) => {
      const headers = {
        'Telnyx-Timestamp': timestamp,
        'Telnyx-Signature-Ed25519': signedAs(timestamp),
      };
      expect(await verifyTelnyx(given(headers), secretsOf(key), new NonceBook())).toEqual({
        ok: false,
        refused: 'timestamp-malformed',
      });
    },
  );

  it.each([
    ['another body', given({}, { body: `${body} ` }), 'signature-wrong'],
    ['another time', given({ 'Telnyx-Timestamp': '1700000001' }), 'signature-wrong'],
    ['a short signature', given({ 'Telnyx-Signature-Ed25519': 'AAAA' }), 'signature-malformed'],
    [
      'a second spelling of the signature',
      given({ 'Telnyx-Signature-Ed25519': signature.replaceAll('=', '') }),
      'signature-malformed',
    ],
    [
      'no signature',
      request({ url: 'https://h.example.com/telnyx', headers: {} }),
      'signature-missing',
    ],
  ])('S2 refuses %s and claims no nonce', async (_, wrong, refused) => {
    const book = new NonceBook();
    expect(await verifyTelnyx(wrong, secretsOf(key), book)).toEqual({ ok: false, refused });
    expect(book.asked).toEqual([]);
  });

  it('S2 takes any of two keys, and none that is not one', async () => {
    const other = Buffer.alloc(32, 1).toString('base64');
    expect(await verifyTelnyx(given(), secretsOf(other, key), new NonceBook())).toMatchObject({
      ok: true,
    });
    expect(await verifyTelnyx(given(), secretsOf(other), new NonceBook())).toMatchObject({
      refused: 'signature-wrong',
    });
    expect(await verifyTelnyx(given(), secretsOf('no key'), new NonceBook())).toEqual({
      ok: false,
      refused: 'no-usable-key',
    });
  });
});
