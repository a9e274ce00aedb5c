import type { CallNews } from '../call-news.js';
import { parsePlivo } from '../plivo/plivo-news.js';
import { WebhookVerifier, type CarrierKit } from '../ports.js';
import type {
  ReplayGuard,
  SignedRequest,
  Verdict,
  WebhookSecrets,
} from '../signing/signed-request.js';
import { VobizAnswers } from './vobiz-answers.js';
import { VobizMedia } from './vobiz-media.js';
import { VobizRest } from './vobiz-rest.js';
import { verifyVobiz } from './vobiz-signature.js';

class VobizWebhooks extends WebhookVerifier {
  verify(request: SignedRequest, secrets: WebhookSecrets, replay: ReplayGuard): Promise<Verdict> {
    return verifyVobiz(request, secrets, replay);
  }

  parse(rawBody: Uint8Array): CallNews {
    return parsePlivo(rawBody);
  }
}

export const vobizKit: CarrierKit = {
  name: 'vobiz',
  webhooks: new VobizWebhooks(),
  answers: new VobizAnswers(),
  media: new VobizMedia(),
  rest: new VobizRest(),
};
