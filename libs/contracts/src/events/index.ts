import type { AggregateDefinition } from '../catalogue.js';
import { agentAggregate } from './agent.js';
import { analysisAggregate } from './analysis.js';
import { callAggregate } from './call.js';
import { dialAggregate } from './dial.js';
import { voiceSessionAggregate } from './voice-session.js';
import { carrierAccountAggregate } from './carrier-account.js';
import { credentialAggregate } from './credential.js';
import { datakeyAggregate } from './datakey.js';
import { knowledgeAggregate } from './knowledge.js';
import { routeAggregate } from './route.js';
import { toolAggregate } from './tool.js';
import { apikeyAggregate } from './apikey.js';
import { emailClaimAggregate, slugClaimAggregate } from './claims.js';
import { invitationAggregate } from './invitation.js';
import { membershipAggregate } from './membership.js';
import { ownershipAggregate } from './ownership.js';
import { tenantAggregate } from './tenant.js';
import { userAggregate } from './user.js';

export * from './agent.js';
export * from './analysis.js';
export * from './call.js';
export * from './dial.js';
export * from './voice-session.js';
export * from './carrier-account.js';
export * from './credential.js';
export * from './datakey.js';
export * from './knowledge.js';
export * from './route.js';
export * from './tool.js';
export * from './sealed-secret.js';
export * from './apikey.js';
export * from './claims.js';
export * from './invitation.js';
export * from './membership.js';
export * from './ownership.js';
export * from './tenant.js';
export * from './user.js';

export const aggregates: readonly AggregateDefinition[] = [
  tenantAggregate,
  userAggregate,
  membershipAggregate,
  ownershipAggregate,
  invitationAggregate,
  apikeyAggregate,
  emailClaimAggregate,
  slugClaimAggregate,
  agentAggregate,
  carrierAccountAggregate,
  credentialAggregate,
  datakeyAggregate,
  routeAggregate,
  toolAggregate,
  knowledgeAggregate,
  dialAggregate,
  callAggregate,
  voiceSessionAggregate,
  analysisAggregate,
];
