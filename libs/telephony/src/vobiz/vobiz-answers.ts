import { PlivoAnswers } from '../plivo/plivo-answers.js';

/** A dropped socket comes back by itself with a new `start`, which the same token may reopen. */
export class VobizAnswers extends PlivoAnswers {
  constructor() {
    super({ carriesParameters: false, gatherTag: 'Gather', maxRetries: 3 });
  }
}
