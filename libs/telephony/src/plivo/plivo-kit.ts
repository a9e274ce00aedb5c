import type { CallNews } from '../call-news.js';
import { parsePlivo } from './plivo-news.js';
import { WebhookVerifier, type CarrierKit } from '../ports.js';
import type {
  ReplayGuard,
  SignedRequest,
  Verdict,
  WebhookSecrets,
} from '../signing/signed-request.js';
import { PlivoAnswers } from './plivo-answers.js';
import { PlivoMedia } from './plivo-media.js';
import { PlivoRest } from './plivo-rest.js';
import { verifyPlivo } from './plivo-signature.js';

class PlivoWebhooks extends WebhookVerifier {
  verify(request: SignedRequest, secrets: WebhookSecrets, replay: ReplayGuard): Promise<Verdict> {
    return verifyPlivo(request, secrets, replay);
  }

  parse(rawBody: Uint8Array): CallNews {
    return parsePlivo(rawBody);
  }
}

export const plivoKit: CarrierKit = {
  name: 'plivo',
  webhooks: new PlivoWebhooks(),
  answers: new PlivoAnswers(),
  media: new PlivoMedia(),
  rest: new PlivoRest(),
};
