import { agentsRuntimeRequests, PLATFORM_TENANT, type CallPlan } from '@trunkline/contracts';
import { actingFor, type RequestContext, type Requests } from '@trunkline/platform';
import {
  AgentSource,
  CarrierAccountSource,
  type OpenedAccount,
  type RuntimeConfig,
} from '../../app/door/ports.js';

/** The agents service, asked in the voice runtime's own name for the tenant's sake. */
export class NatsAgentSource extends AgentSource {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    super();
    this.#requests = requests;
  }

  read(
    { agent, version }: Pick<CallPlan, 'agent' | 'version'>,
    { principal, correlationId }: RequestContext,
  ): Promise<RuntimeConfig> {
    const context = actingFor('voice', { tenant: principal.tenant, correlationId });
    return this.#requests.ask(agentsRuntimeRequests.runtimeConfig, { agent, version }, context);
  }
}

export class NatsCarrierAccounts extends CarrierAccountSource {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    super();
    this.#requests = requests;
  }

  async open(carrierAccount: string, { correlationId }: RequestContext): Promise<OpenedAccount> {
    const context = actingFor('voice', { tenant: PLATFORM_TENANT, correlationId });
    const definition = agentsRuntimeRequests.openCarrierAccount;
    const { accountId, secret, tenant } = await this.#requests.ask(
      definition,
      { carrierAccount },
      context,
    );
    return { accountId, secret, tenant };
  }
}
