import type { CallNews } from '../call-news.js';
import { parseTelnyx } from './telnyx-news.js';
import { WebhookVerifier, type CarrierKit } from '../ports.js';
import type {
  ReplayGuard,
  SignedRequest,
  Verdict,
  WebhookSecrets,
} from '../signing/signed-request.js';
import { TelnyxAnswers } from './telnyx-answers.js';
import { TelnyxMedia } from './telnyx-media.js';
import { TelnyxRest } from './telnyx-rest.js';
import { verifyTelnyx } from './telnyx-signature.js';

class TelnyxWebhooks extends WebhookVerifier {
  verify(request: SignedRequest, secrets: WebhookSecrets, replay: ReplayGuard): Promise<Verdict> {
    return verifyTelnyx(request, secrets, replay);
  }

  parse(rawBody: Uint8Array): CallNews {
    return parseTelnyx(rawBody);
  }
}

export const telnyxKit: CarrierKit = {
  name: 'telnyx',
  webhooks: new TelnyxWebhooks(),
  answers: new TelnyxAnswers(),
  media: new TelnyxMedia(),
  rest: new TelnyxRest(),
};
