import type { CallNews } from '../call-news.js';
import { parseTwilio } from './twilio-news.js';
import { WebhookVerifier, type CarrierKit } from '../ports.js';
import type { SignedRequest, Verdict, WebhookSecrets } from '../signing/signed-request.js';
import { TwilioAnswers } from './twilio-answers.js';
import { TwilioMedia } from './twilio-media.js';
import { TwilioRest } from './twilio-rest.js';
import { verifyTwilio } from './twilio-signature.js';

class TwilioWebhooks extends WebhookVerifier {
  verify(request: SignedRequest, secrets: WebhookSecrets): Promise<Verdict> {
    return Promise.resolve(verifyTwilio(request, secrets));
  }

  parse(rawBody: Uint8Array): CallNews {
    return parseTwilio(rawBody);
  }
}

export const twilioKit: CarrierKit = {
  name: 'twilio',
  webhooks: new TwilioWebhooks(),
  answers: new TwilioAnswers(),
  media: new TwilioMedia(),
  rest: new TwilioRest(),
};
