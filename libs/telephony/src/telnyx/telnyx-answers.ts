import { TwimlAnswers } from '../xml/twiml-answers.js';

/**
 * TeXML, for numbers bound to a TeXML application. A call that is under call control gets
 * commands instead: see `TelnyxRest.answer`, `startStream` and `reject`.
 */
export class TelnyxAnswers extends TwimlAnswers {
  constructor() {
    super({
      stream: {
        track: 'inbound_track',
        codec: 'PCMU',
        bidirectionalMode: 'rtp',
        bidirectionalCodec: 'PCMU',
        bidirectionalSamplingRate: 8000,
      },
      beep: 'never',
    });
  }
}
