import { describe, expect, it } from '@jest/globals';
import { webhookSignature } from './webhook-signature.js';

describe('T10 the signature of a webhook', () => {
  const vector = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestampSeconds: 1_614_265_330,
    body: '{"test": 2432232314}',
  };

  it.each(['', 'whsec_'])('is the known answer, with the prefix %j', (prefix) => {
    expect(webhookSignature(`${prefix}MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`, vector)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });
});
