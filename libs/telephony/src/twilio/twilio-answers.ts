import { AnswerDocument, type AnswerText, type DialOrder, type StreamOrder } from '../ports.js';
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
}
