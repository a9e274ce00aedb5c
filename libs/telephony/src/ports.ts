import type { Carrier } from '@trunkline/contracts';
import type { CallNews } from './call-news.js';
import type { MediaMessage, Outbound } from './media-message.js';
import type {
  AskCarrier,
  CallOrder,
  CallSearch,
  CarrierAccount,
  CarrierReply,
  CreateOutcome,
  CommandOutcome,
  DigitsOrder,
  FindOutcome,
  HttpCall,
  MoveOrder,
} from './rest/rest-types.js';
import type {
  ReplayGuard,
  SignedRequest,
  Verdict,
  WebhookSecrets,
} from './signing/signed-request.js';

/** Says whether a webhook, or the handshake of an audio socket, was sent by the carrier. */
export abstract class WebhookVerifier {
  abstract verify(
    request: SignedRequest,
    secrets: WebhookSecrets,
    replay: ReplayGuard,
  ): Promise<Verdict>;
  /** What the webhook says, in words that all carriers share; never throws. */
  abstract parse(rawBody: Uint8Array): CallNews;
}

export interface StreamOrder {
  /** `wss://…`, without a query: some carriers drop it. */
  readonly url: string;
  readonly token: string;
  /** Come back in the socket's `start` where the carrier carries them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly timeLimitSeconds: number;
  /** Is told when the stream starts, stops or fails. */
  readonly statusUrl?: string;
}

export interface HearOrder {
  readonly text: string;
  /** Like `en` or `en-GB`. */
  readonly language: string;
  /** Is asked what to do next when a key was pressed; without one the leg is hung up. */
  readonly keysUrl: string;
}

export interface DialOrder {
  readonly to: string;
  readonly callerId: string;
  readonly timeLimitSeconds: number;
}

export interface MeetOrder {
  /** Nobody outside the account finds it; of two, and over as soon as one of them leaves. */
  readonly room: string;
  readonly timeLimitSeconds: number;
}

export interface AnswerText {
  readonly contentType: string;
  readonly body: string;
}

/** What a carrier gets when it asks what to do with a call. */
export abstract class AnswerDocument {
  /** Whether `streamTo` tells how long the call may last; else `CarrierRest.limitDuration` does. */
  abstract readonly limitsDuration: boolean;
  abstract streamTo(order: StreamOrder): AnswerText;
  /** With a text it is spoken to the caller; without, the line is busy and nothing is billed. */
  abstract busy(text?: string): AnswerText;
  abstract sayAndHangUp(text: string, language?: string): AnswerText;
  /** Somebody else takes the call, and nobody of ours is on it any more. */
  abstract dial(order: DialOrder): AnswerText;
  /** Twice, then it is hung up: a mailbox presses no key. */
  abstract hear(order: HearOrder): AnswerText;
  abstract meet(order: MeetOrder): AnswerText;
  abstract leave(): AnswerText;
}

export type WireCodec = 'mulaw' | 'alaw' | 'pcm16le';
export type TokenPlace = 'path' | 'param' | 'header' | 'subprotocol';

export interface MediaTraits {
  readonly codec: WireCodec;
  readonly rateHz: number;
  /** False: a closed socket is the only goodbye. */
  readonly hasStop: boolean;
  readonly markEcho: 'always' | 'sometimes' | 'never';
  readonly clearEcho: boolean;
  readonly tokenIn: TokenPlace;
  /** `tones`: the socket cannot carry digits; play `dtmfTones()` or use REST. */
  readonly digitsOut: 'wire' | 'tones';
}

/** The wire of one audio socket; remembers what its order of messages depends on. */
export abstract class MediaSession {
  /** Any bytes are welcome: what cannot be read is `malformed`, nothing throws. */
  abstract decode(data: string | Uint8Array): readonly MediaMessage[];
  /** `null` where the carrier has no such message. Only after `start` was decoded. */
  abstract encode(message: Outbound): string | null;
}

export abstract class MediaCodec {
  abstract readonly traits: MediaTraits;
  /** One for each socket. */
  abstract open(): MediaSession;
}

/** Builds requests and reads replies; whoever sends them owns deadlines and retries. */
export abstract class CarrierRest {
  abstract createCall(account: CarrierAccount, order: CallOrder): HttpCall;
  abstract hangUp(account: CarrierAccount, carrierCallId: string): HttpCall;
  /** `null` where the only way would end the audio stream: play tones instead. */
  abstract sendDigits(account: CarrierAccount, order: DigitsOrder): HttpCall | null;
  /** Takes a leg from whatever it does to another one. */
  abstract move(account: CarrierAccount, order: MoveOrder): HttpCall;
  /** Of an incoming call; `null` where the document or nobody can say it. */
  abstract limitDuration(
    account: CarrierAccount,
    carrierCallId: string,
    seconds: number,
  ): HttpCall | null;
  abstract readCreate(reply: CarrierReply): CreateOutcome;
  abstract readCommand(reply: CarrierReply): CommandOutcome;
  /** Looks for a call whose creation nobody answered; asks as often as the listing needs. */
  abstract findCall(
    account: CarrierAccount,
    search: CallSearch,
    ask: AskCarrier,
  ): Promise<FindOutcome>;
}

export interface CarrierKit {
  readonly name: Carrier;
  readonly webhooks: WebhookVerifier;
  readonly answers: AnswerDocument;
  readonly media: MediaCodec;
  readonly rest: CarrierRest;
}
