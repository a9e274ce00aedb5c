import {
  agentsRequests as ask,
  agentsRuntimeRequests as runtime,
  knowledgeRequests,
} from '@trunkline/contracts';
import { answer, type RequestHandler } from '@trunkline/platform';
import type { AgentsApp } from '../app/agents-app.js';
import { byOf } from '../app/by.js';
import * as accounts from '../app/carrier-accounts.js';
import { findVoices, installedProviders } from '../app/catalogues.js';
import { createAgent } from '../app/create-agent.js';
import * as credentials from '../app/credentials.js';
import { archiveAgent, diffAgent, getDraft, patchDraft } from '../app/edit-agent.js';
import { getVersion, listVersions, publishAgent, rollBackAgent } from '../app/publish-agent.js';
import { findAgents, getAgent } from '../app/read-agent.js';
import * as routes from '../app/routes.js';
import { runtimeConfig } from '../app/runtime-config.js';
import { openCarrierAccount, resolveRoute } from '../app/runtime-lines.js';
import * as knowledge from '../app/knowledge.js';
import { showToolSigningSecret } from '../app/tool-signing.js';
import * as tools from '../app/tools.js';

/** One handler per request: nothing but the way from the wire to the use case. */
export function agentsHandlers(app: AgentsApp): RequestHandler[] {
  return [
    ...agentHandlers(app),
    ...catalogueHandlers(app),
    ...toolHandlers(app),
    ...knowledgeHandlers(app),
    ...credentialHandlers(app),
    ...carrierAccountHandlers(app),
    ...routeHandlers(app),
    ...runtimeHandlers(app),
  ];
}

function agentHandlers(app: AgentsApp): RequestHandler[] {
  return [
    answer(ask.createAgent, ({ body }, context) => createAgent(app, byOf(context), body)),
    answer(ask.listAgents, ({ query }, context) => findAgents(app, byOf(context), query)),
    answer(ask.getAgent, ({ params }, context) => getAgent(app, byOf(context), params.agentId)),
    answer(ask.archiveAgent, ({ params }, context) =>
      archiveAgent(app, byOf(context), params.agentId),
    ),
    answer(ask.getDraft, ({ params }, context) => getDraft(app, byOf(context), params.agentId)),
    answer(ask.patchDraft, ({ params, body }, context) =>
      patchDraft(app, byOf(context), { agent: params.agentId, body }),
    ),
    answer(ask.diffAgent, ({ params, query }, context) =>
      diffAgent(app, byOf(context), { agent: params.agentId, ...query }),
    ),
    answer(ask.listVersions, ({ params, query }, context) =>
      listVersions(app, byOf(context), { agent: params.agentId, page: query }),
    ),
    answer(ask.getVersion, ({ params }, context) =>
      getVersion(app, byOf(context), { agent: params.agentId, version: params.version }),
    ),
    answer(ask.publishAgent, ({ params, body }, context) =>
      publishAgent(app, byOf(context), { agent: params.agentId, body }),
    ),
    answer(ask.rollBackAgent, ({ params, body }, context) =>
      rollBackAgent(app, byOf(context), { agent: params.agentId, body }),
    ),
  ];
}

function catalogueHandlers(app: AgentsApp): RequestHandler[] {
  return [
    answer(ask.listVoices, ({ query }) => findVoices(app, query)),
    answer(ask.listProviders, () => Promise.resolve(installedProviders())),
  ];
}

function toolHandlers(app: AgentsApp): RequestHandler[] {
  return [
    answer(ask.getToolSigningSecret, (_asked, context) =>
      showToolSigningSecret(app, byOf(context)),
    ),
    answer(ask.createTool, ({ body }, context) => tools.createTool(app, byOf(context), body)),
    answer(ask.listTools, ({ query }, context) => tools.findToolPage(app, byOf(context), query)),
    answer(ask.getTool, ({ params }, context) => tools.readTool(app, byOf(context), params.toolId)),
    answer(ask.getToolVersion, ({ params }, context) =>
      tools.readToolVersion(app, byOf(context), { tool: params.toolId, version: params.version }),
    ),
    answer(ask.updateTool, ({ params, body }, context) =>
      tools.updateTool(app, byOf(context), { tool: params.toolId, body }),
    ),
    answer(ask.archiveTool, ({ params }, context) =>
      tools.archiveTool(app, byOf(context), params.toolId),
    ),
  ];
}

function knowledgeHandlers(app: AgentsApp): RequestHandler[] {
  return [
    answer(ask.addDocument, ({ params, body }, context) =>
      knowledge.addDocument(app, byOf(context), { agent: params.agentId, body }),
    ),
    answer(ask.listDocuments, ({ params }, context) =>
      knowledge.listDocuments(app, byOf(context), params.agentId),
    ),
    answer(ask.getDocument, ({ params }, context) =>
      knowledge.getDocument(app, byOf(context), documentRef(params)),
    ),
    answer(ask.removeDocument, ({ params }, context) =>
      knowledge.removeDocument(app, byOf(context), documentRef(params)),
    ),
    answer(knowledgeRequests.knowledge, ({ agent }, context) =>
      knowledge.tellKnowledge(app, byOf(context), agent),
    ),
  ];
}

function documentRef(params: { readonly agentId: string; readonly documentId: string }) {
  return { agent: params.agentId, document: params.documentId };
}

function credentialHandlers(app: AgentsApp): RequestHandler[] {
  return [
    answer(ask.saveCredential, ({ body }, context) =>
      credentials.saveCredential(app, byOf(context), body),
    ),
    answer(ask.listCredentials, ({ query }, context) =>
      credentials.findCredentialPage(app, byOf(context), query),
    ),
    answer(ask.getCredential, ({ params }, context) =>
      credentials.readCredential(app, byOf(context), params.credentialId),
    ),
    answer(ask.rotateCredential, ({ params, body }, context) =>
      credentials.rotateCredential(app, byOf(context), { id: params.credentialId, ...body }),
    ),
    answer(ask.testCredential, ({ params }, context) =>
      credentials.testCredential(app, byOf(context), params.credentialId),
    ),
    answer(ask.removeCredential, ({ params }, context) =>
      credentials.removeCredential(app, byOf(context), params.credentialId),
    ),
  ];
}

function carrierAccountHandlers(app: AgentsApp): RequestHandler[] {
  return [
    answer(ask.saveCarrierAccount, ({ body }, context) =>
      accounts.saveCarrierAccount(app, byOf(context), body),
    ),
    answer(ask.listCarrierAccounts, ({ query }, context) =>
      accounts.findCarrierAccountPage(app, byOf(context), query),
    ),
    answer(ask.getCarrierAccount, ({ params }, context) =>
      accounts.readCarrierAccount(app, byOf(context), params.accountId),
    ),
    answer(ask.rotateCarrierAccount, ({ params, body }, context) =>
      accounts.rotateCarrierAccount(app, byOf(context), { id: params.accountId, body }),
    ),
    answer(ask.testCarrierAccount, ({ params }, context) =>
      accounts.testCarrierAccount(app, byOf(context), params.accountId),
    ),
    answer(ask.removeCarrierAccount, ({ params }, context) =>
      accounts.removeCarrierAccount(app, byOf(context), params.accountId),
    ),
  ];
}

function routeHandlers(app: AgentsApp): RequestHandler[] {
  return [
    answer(ask.bindRoute, ({ body }, context) => routes.bindRoute(app, byOf(context), body)),
    answer(ask.listRoutes, ({ query }, context) => routes.findRoutePage(app, byOf(context), query)),
    answer(ask.getRoute, ({ params }, context) =>
      routes.readRoute(app, byOf(context), params.routeId),
    ),
    answer(ask.rebindRoute, ({ params, body }, context) =>
      routes.rebindRoute(app, byOf(context), { id: params.routeId, body }),
    ),
    answer(ask.releaseRoute, ({ params }, context) =>
      routes.releaseRoute(app, byOf(context), params.routeId),
    ),
  ];
}

/** For services alone: the definitions name who may ask. */
function runtimeHandlers(app: AgentsApp): RequestHandler[] {
  return [
    answer(runtime.runtimeConfig, (asked, context) => runtimeConfig(app, byOf(context), asked)),
    answer(runtime.openCarrierAccount, ({ carrierAccount }, context) =>
      openCarrierAccount(app, byOf(context), carrierAccount),
    ),
    answer(runtime.resolveRoute, (asked, context) => resolveRoute(app, byOf(context), asked)),
  ];
}
