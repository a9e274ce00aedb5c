import type { AggregateDefinition } from '../catalogue.js';
import { apikeyAggregate } from './apikey.js';
import { emailClaimAggregate, slugClaimAggregate } from './claims.js';
import { invitationAggregate } from './invitation.js';
import { membershipAggregate } from './membership.js';
import { ownershipAggregate } from './ownership.js';
import { tenantAggregate } from './tenant.js';
import { userAggregate } from './user.js';

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
];
