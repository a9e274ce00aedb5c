import {
  AnswerDocument,
  type AnswerText,
  type DialOrder,
  type HearOrder,
  type MeetOrder,
  type StreamOrder,
} from '../ports.js';
import { KEY_SECONDS, spokenLanguage } from '../spoken-language.js';
import { element, responseDocument } from '../xml/xml.js';

/** TwiML. A stream has no limit of its own here: set the call's, see `TwilioRest.limitDuration`. */
export class TwilioAnswers extends AnswerDocument {
  override readonly limitsDuration = false;

  streamTo(order: StreamOrder): AnswerText {
    const parameters = Object.entries({ ...order.parameters, token: order.token });
    const stream = element(
      'Stream',
      { url: order.url, statusCallback: order.statusUrl },
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

  /** Without waiting music: both are there within a moment. */
  meet({ room, timeLimitSeconds }: MeetOrder): AnswerText {
    const conference = element('Conference', meeting, room);
    return responseDocument([element('Dial', { timeLimit: timeLimitSeconds }, [conference])]);
  }

  leave(): AnswerText {
    return responseDocument([element('Hangup', {})]);
  }
}

const meeting = {
  beep: 'false',
  startConferenceOnEnter: 'true',
  endConferenceOnExit: 'true',
  maxParticipants: 2,
  waitUrl: '',
};
