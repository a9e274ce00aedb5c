import type { Carrier } from '@trunkline/contracts';
import type { Account } from './accounts.js';
import type { CarrierCall } from './carrier-call.js';
import type { StreamOrder, Wire } from './media/wire.js';
import type { RestReply, RestRequest } from './rest.js';
import type { Headers, Post } from './signing.js';
import type { Switchboard } from './switchboard.js';

export type MachineNews = {
  readonly kind: 'machine';
  readonly verdict: string;
  /** `greeting`: it has finished speaking. */
  readonly phase: 'detection' | 'greeting';
};

export type CarrierNews =
  | { readonly kind: 'initiated' | 'ringing' | 'answered' | 'ended' }
  | MachineNews
  | {
      readonly kind: 'stream';
      readonly state: 'started' | 'stopped' | 'failed';
      readonly streamId: string;
      readonly statusUrl: string | undefined;
    }
  | CommandNews;

/** Told only where calls are commanded: elsewhere a document has its own way to go on. */
export type CommandNews =
  | { readonly kind: 'speak'; readonly state: 'started' | 'ended' }
  | { readonly kind: 'dtmf'; readonly digit: string }
  /** Keys that were asked for by command; '' is none in time. */
  | { readonly kind: 'gathered'; readonly digits: string }
  | { readonly kind: 'bridged' };

const ofCommands: ReadonlySet<string> = new Set<CommandNews['kind']>([
  ...(['speak', 'dtmf', 'gathered', 'bridged'] as const),
]);

export function isOfCommand(news: CarrierNews): news is CommandNews {
  return ofCommands.has(news.kind);
}

/** Everything in which one carrier differs from the others. */
export interface Dialect {
  readonly carrier: Carrier;
  /** How often a webhook is sent that was not taken. */
  readonly webhookAttempts: number;
  newCallId(): string;
  sign(post: Post, account: Account): Headers;
  /** `undefined`: this carrier does not tell, or nobody asked to be told. */
  newsPost(call: CarrierCall, news: CarrierNews): Post | undefined;
  /** `undefined`: calls are told by REST what to do. */
  answerPost(call: CarrierCall): Post | undefined;
  /** What asks for keys in its documents. */
  readonly gatherTag: 'Gather' | 'GetInput';
  /** How pressed keys are brought to the URL that asked for them. */
  keysPost(call: CarrierCall, url: string, digits: string): Post;
  openWire(
    call: CarrierCall,
    order: StreamOrder,
  ): { readonly wire: Wire; readonly streamId: string };
  handshakeHeaders(url: string, account: Account): Headers;
  /** Its REST requests; `undefined`: nothing here. */
  rest(request: RestRequest, board: Switchboard): Promise<RestReply | undefined>;
  rateLimited(): RestReply;
}
