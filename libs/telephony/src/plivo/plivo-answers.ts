import {
  AnswerDocument,
  type AnswerText,
  type DialOrder,
  type HearOrder,
  type MeetOrder,
  type StreamOrder,
} from '../ports.js';
import { element, responseDocument } from '../xml/xml.js';
import { bareNumber } from '../rest/rest-types.js';
import { KEY_SECONDS, spokenLanguage } from '../spoken-language.js';
import { writeExtraHeaders } from './extra-headers.js';

export interface PlivoDialect {
  /** Vobiz keeps extra headers to itself, so the token has to be in the path. */
  readonly carriesParameters: boolean;
  /** What asks for keys. */
  readonly gatherTag: 'GetInput' | 'Gather';
  /** Reopens a dropped socket by itself, so often. */
  readonly maxRetries?: number;
}

const plivoDialect: PlivoDialect = { carriesParameters: true, gatherTag: 'GetInput' };

/** Plivo's XML, which Vobiz speaks too. */
export class PlivoAnswers extends AnswerDocument {
  override readonly limitsDuration = true;
  readonly #dialect: PlivoDialect;

  constructor(dialect: PlivoDialect = plivoDialect) {
    super();
    this.#dialect = dialect;
  }

  streamTo(order: StreamOrder): AnswerText {
    const { carriesParameters, maxRetries } = this.#dialect;
    const parameters = { ...order.parameters, token: order.token };
    const stream = element(
      'Stream',
      {
        bidirectional: 'true',
        keepCallAlive: 'true',
        audioTrack: 'inbound',
        contentType: 'audio/x-mulaw;rate=8000',
        streamTimeout: order.timeLimitSeconds,
        statusCallbackUrl: order.statusUrl,
        statusCallbackMethod: order.statusUrl === undefined ? undefined : 'POST',
        extraHeaders: carriesParameters ? writeExtraHeaders(parameters) : undefined,
        maxRetries,
      },
      carriesParameters ? order.url : `${order.url}/${encodeURIComponent(order.token)}`,
    );
    return responseDocument([stream]);
  }

  busy(text?: string): AnswerText {
    if (text !== undefined) return this.sayAndHangUp(text);
    return responseDocument([element('Hangup', { reason: 'busy' })]);
  }

  sayAndHangUp(text: string, language?: string): AnswerText {
    return responseDocument([element('Speak', { language }, text), element('Hangup', {})]);
  }

  dial(order: DialOrder): AnswerText {
    const attributes = {
      callerId: bareNumber(order.callerId),
      timeLimit: order.timeLimitSeconds,
    };
    const number = element('Number', {}, bareNumber(order.to));
    return responseDocument([element('Dial', attributes, [number])]);
  }

  hear({ text, language, keysUrl }: HearOrder): AnswerText {
    const asked = {
      action: keysUrl,
      method: 'POST',
      inputType: 'dtmf',
      numDigits: 1,
      executionTimeout: KEY_SECONDS,
    };
    const speak = element('Speak', { language: spokenLanguage(language) }, text);
    const gather = element(this.#dialect.gatherTag, asked, [speak]);
    return responseDocument([gather, gather, element('Hangup', {})]);
  }

  meet({ room, timeLimitSeconds }: MeetOrder): AnswerText {
    return responseDocument([
      element('Conference', { ...meeting, timeLimit: timeLimitSeconds }, room),
    ]);
  }

  leave(): AnswerText {
    return responseDocument([element('Hangup', {})]);
  }
}

const meeting = {
  startConferenceOnEnter: 'true',
  endConferenceOnExit: 'true',
  stayAlone: 'true',
  maxMembers: 2,
};
