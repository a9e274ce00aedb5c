import type { ConversationMode } from '@trunkline/contracts';

export type TokenKind = 'carrier' | 'browser';

export interface TokenOrder {
  readonly kind: TokenKind;
  readonly callId: string;
  readonly tenant: string;
  readonly agent: string;
  readonly conversation: string | null;
  readonly user: string | null;
  readonly mode: ConversationMode;
  readonly isTest: boolean;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

export type TokenVerdict =
  | 'ok'
  | 'malformed'
  | 'signature'
  | 'issuer'
  | 'expired'
  | 'call'
  | 'tenant';

/** How long a token opens a socket (rows S17, O4). */
export const tokenLifeMs = { carrier: 60_000, browser: 300_000 } as const;

/** Says who may open the socket of a call; that it may be opened once is the log's business. */
export abstract class StreamTokens {
  /** Without a secret nobody could have made a session elsewhere that we believe. */
  abstract readonly hasSessions: boolean;
  abstract issue(order: TokenOrder): Promise<IssuedToken>;
  abstract verify(
    token: string,
    expected: Pick<TokenOrder, 'kind' | 'callId' | 'tenant'>,
  ): Promise<TokenVerdict>;
  /** What is kept of a used token: enough to know it again, not to use it. */
  abstract fingerprint(token: string): string;
}
