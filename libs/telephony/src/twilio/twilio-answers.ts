import { TwimlAnswers } from '../xml/twiml-answers.js';

/** The limit of a call is set by `TwilioRest.limitDuration`. */
export class TwilioAnswers extends TwimlAnswers {
  constructor() {
    super({ stream: {}, beep: 'false', waitUrl: '' });
  }
}
