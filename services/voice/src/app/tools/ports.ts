export interface WebhookOrder {
  readonly url: string;
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly call: { readonly id: string; readonly agent: string };
  /** The same for every try of the same wish. */
  readonly idempotencyKey: string;
  /** Of the tenant; `null`: nothing to sign with. */
  readonly signingSecret: string | null;
}

/** Of a 202 with `Location`: the result can be asked for there. */
export interface WebhookPoll {
  readonly url: string;
  /** What `Retry-After` says. */
  readonly afterMs: number | null;
}

export type WebhookAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      readonly poll?: WebhookPoll;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'timeout' };

/** A tenant's own server. Every outcome is an answer: it never rejects. */
export abstract class ToolWebhooks {
  abstract send(order: WebhookOrder, timeoutMs: number): Promise<WebhookAnswer>;
}

export interface KnowledgePassage {
  readonly document: string;
  readonly title: string;
  readonly text: string;
}

/** What the agent of this call has been given to read. */
export abstract class KnowledgeSource {
  abstract search(query: string, signal: AbortSignal): Promise<readonly KnowledgePassage[]>;
}
