import { deferred, type Deferred } from '@trunkline/kernel';
import { ToolWebhooks, type WebhookAnswer, type WebhookOrder } from '../../src/app/tools/ports.js';

/** A tenant's server that answers when the test says so. */
export class FakeWebhooks extends ToolWebhooks {
  readonly sent: (WebhookOrder & { readonly timeoutMs: number })[] = [];
  #answers: Deferred<WebhookAnswer>[] = [];
  #immediate: WebhookAnswer | undefined;
  #turns: WebhookAnswer[] = [];

  /** From now on each is answered at once. */
  answerAll(answer: WebhookAnswer): void {
    this.#immediate = answer;
  }

  /** The first is the answer to the first, and so on. */
  answerInTurn(answers: readonly WebhookAnswer[]): void {
    this.#turns = [...answers];
  }

  answer(index: number, answer: WebhookAnswer): void {
    this.#answers[index]?.resolve(answer);
  }

  override send(order: WebhookOrder, timeoutMs: number): Promise<WebhookAnswer> {
    this.sent.push({ ...order, timeoutMs });
    const answer = deferred<WebhookAnswer>();
    this.#answers.push(answer);
    const next = this.#turns.shift() ?? this.#immediate;
    if (next) answer.resolve(next);
    return answer.promise;
  }
}
