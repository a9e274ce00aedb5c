import { PlivoRest, type PlivoApi } from '../plivo/plivo-rest.js';

/** The version belongs to the path, so that the base URL is only a host, as with the others. */
const vobizApi: PlivoApi = {
  prefix: '/api/v1/Account/',
  authorize: (account) => ({ 'X-Auth-ID': account.accountId, 'X-Auth-Token': account.secret }),
};

export class VobizRest extends PlivoRest {
  constructor() {
    super(vobizApi);
  }

  /** No such command is documented. */
  override sendDigits(): null {
    return null;
  }
}
