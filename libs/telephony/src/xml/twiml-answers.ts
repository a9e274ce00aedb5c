import {
  AnswerDocument,
  type AnswerText,
  type DialOrder,
  type HearOrder,
  type MeetOrder,
  type StreamOrder,
} from '../ports.js';
import { KEY_SECONDS, spokenLanguage } from '../spoken-language.js';
import { element, responseDocument, type XmlAttributes } from './xml.js';

/** In what two carriers who speak TwiML differ. */
export interface TwimlDialect {
  /** Of `Stream`, besides where it goes. */
  readonly stream: XmlAttributes;
  /** How `Conference` is told not to beep. */
  readonly beep: string;
  /** And, where it plays music to whoever waits, that it shall not: both are there in a moment. */
  readonly waitUrl?: string;
}

/** TwiML, and what is written like it. A stream has no limit of its own here. */
export class TwimlAnswers extends AnswerDocument {
  override readonly limitsDuration = false;
  readonly #dialect: TwimlDialect;

  constructor(dialect: TwimlDialect) {
    super();
    this.#dialect = dialect;
  }

  streamTo(order: StreamOrder): AnswerText {
    const parameters = Object.entries({ ...order.parameters, token: order.token });
    const stream = element(
      'Stream',
      { url: order.url, ...this.#dialect.stream, statusCallback: order.statusUrl },
      parameters.map(([name, value]) => element('Parameter', { name, value })),
    );
    return responseDocument([element('Connect', {}, [stream])]);
  }

  busy(text?: string): AnswerText {
    if (text !== undefined) return this.sayAndHangUp(text);
    return responseDocument([element('Reject', { reason: 'busy' })]);
  }

  sayAndHangUp(text: string, language?: string): AnswerText {
    return responseDocument([element('Say', { language }, text), element('Hangup', {})]);
  }

  dial(order: DialOrder): AnswerText {
    const { callerId, timeLimitSeconds } = order;
    const number = element('Number', {}, order.to);
    return responseDocument([element('Dial', { callerId, timeLimit: timeLimitSeconds }, [number])]);
  }

  hear({ text, language, keysUrl }: HearOrder): AnswerText {
    const asked = { input: 'dtmf', numDigits: 1, timeout: KEY_SECONDS, action: keysUrl };
    const say = element('Say', { language: spokenLanguage(language) }, text);
    const gather = element('Gather', { ...asked, method: 'POST' }, [say]);
    return responseDocument([gather, gather, element('Hangup', {})]);
  }

  meet({ room, timeLimitSeconds }: MeetOrder): AnswerText {
    const { beep, waitUrl } = this.#dialect;
    const conference = element('Conference', { beep, ...meeting, waitUrl }, room);
    return responseDocument([element('Dial', { timeLimit: timeLimitSeconds }, [conference])]);
  }

  leave(): AnswerText {
    return responseDocument([element('Hangup', {})]);
  }
}

const meeting = {
  startConferenceOnEnter: 'true',
  endConferenceOnExit: 'true',
  maxParticipants: 2,
};
