import { campaignsRuntimeRequests } from '@trunkline/contracts';
import { actingFor, type RequestContext, type Requests } from '@trunkline/platform';
import { DialMemory } from '../../app/erasing/erase-call.js';

/** Dials are the campaigns service's own: it is asked to forget them. */
export class NatsDialMemory extends DialMemory {
  constructor(private readonly requests: Requests) {
    super();
  }

  override async forget(
    callId: string,
    reason: string,
    { principal, correlationId, signal }: RequestContext,
  ): Promise<void> {
    const context = actingFor('voice', { tenant: principal.tenant, correlationId });
    const asked = { callId, reason };
    await this.requests.ask(campaignsRuntimeRequests.eraseDial, asked, { ...context, signal });
  }
}
