import { z } from 'zod';
import { agentConfig } from '../agent-config.js';
import { conversationMode } from '../call-behaviour.js';
import { endReasons, endSides } from '../end-reasons.js';
import { token } from '../envelope.js';
import { callKinds, callVariables, transferOutcomes, transferReasons } from '../events/call.js';
import { phoneNumber, routeDirections, whenNoRoom } from '../events/route.js';
import { aiProviders, carriers } from '../providers.js';
import { toolDefinition } from '../tool-definition.js';
import { defineRequest } from './define-request.js';

/** Between services only: no route of the edge leads here. Each checks who asks. */

const url = z.string().min(8).max(512);

/** What a call is about; stays with the pod that holds its place. */
export const callPlan = z.strictObject({
  callId: token,
  kind: z.enum(callKinds),
  direction: z.enum(routeDirections),
  agent: token,
  /** `null`: whatever is live now. */
  version: z.int().min(1).nullable(),
  mode: conversationMode.nullable(),
  carrier: z.enum(carriers).nullable(),
  carrierAccount: token.nullable(),
  from: phoneNumber.nullable(),
  to: phoneNumber.nullable(),
  campaign: token.nullable(),
  contact: token.nullable(),
  conversation: token.nullable(),
  variables: callVariables,
  /** Who opened it, of a browser session. */
  user: token.nullable(),
  /** How long the place is held before the socket opens. */
  holdMs: z.int().min(1000).max(300_000),
});
export type CallPlan = z.output<typeof callPlan>;

const admission = z.strictObject({
  pod: token,
  /** Where the audio socket opens, without a query. */
  url,
  /** Where that pod answers HTTP. */
  baseUrl: url.optional(),
  /** Good once, for 60 s from now; of a browser session 300 s. */
  streamToken: z.string().min(16).max(2048),
  expiresAt: z.iso.datetime(),
  version: z.int().min(1),
  mode: conversationMode,
  /** The agent's maximum and a minute: what the carrier is told. */
  timeLimitSeconds: z.int().min(10).max(14_460),
});
export type Admission = z.output<typeof admission>;

export const voiceRequests = {
  /** Answered by one pod; `voice.no-room` when it is full. */
  reserve: defineRequest({
    service: 'voice',
    verb: 'reserve',
    askers: ['gateway', 'campaigns'],
    input: callPlan,
    output: admission,
    role: 'member',
    timeoutMs: 2000,
  }),
} as const;

const openedSecret = z.string().min(1).max(4096);

export const agentsRuntimeRequests = {
  /** Row O8: everything a call needs to know of its agent. */
  runtimeConfig: defineRequest({
    service: 'agents',
    verb: 'runtime-config',
    askers: ['voice', 'campaigns', 'analytics'],
    input: z.strictObject({ agent: token, version: z.int().min(1).nullable() }),
    output: z.strictObject({
      agent: token,
      name: z.string(),
      version: z.int().min(1),
      config: agentConfig,
      tools: z.array(
        z.strictObject({ tool: token, version: z.int().min(1), definition: toolDefinition }),
      ),
      /** Of the vendors the tenant keeps a key with; the operator's keys stand in for the rest. */
      keys: z.array(z.strictObject({ provider: z.enum(aiProviders), apiKey: openedSecret })),
      knowledgeRevision: z.int().min(0),
      /** What webhooks of tools are signed with. */
      toolSigningSecret: openedSecret.optional(),
    }),
    role: 'member',
  }),
  /** With its secrets, for whoever dials or believes a webhook. The id alone names the tenant. */
  openCarrierAccount: defineRequest({
    service: 'agents',
    verb: 'open-carrier-account',
    askers: ['gateway', 'campaigns', 'voice'],
    input: z.strictObject({ carrierAccount: token }),
    output: z.strictObject({
      tenant: token,
      carrierAccount: token,
      carrier: z.enum(carriers),
      accountId: z.string().nullable(),
      /** With Telnyx the connection that calls go out by. */
      connectionId: z.string().nullable(),
      publicKey: z.string().nullable(),
      secret: openedSecret,
    }),
    role: 'member',
  }),
  /** Which agent a number belongs to. */
  resolveRoute: defineRequest({
    service: 'agents',
    verb: 'resolve-route',
    askers: ['gateway', 'campaigns'],
    input: z.strictObject({
      /** `null`: whichever one account has the number. */
      carrierAccount: token.nullable(),
      number: phoneNumber,
      direction: z.enum(routeDirections),
    }),
    output: z.strictObject({
      route: token,
      carrierAccount: token,
      agent: token,
      version: z.int().min(1).nullable(),
      whenNoRoom: whenNoRoom.default(null),
    }),
    role: 'member',
  }),
} as const;

const leg = z.strictObject({
  callId: token,
  carrierAccount: token,
  carrierCallId: z.string().min(1).max(128),
});

/** What a leg of a transfer does next. */
const secondLegStep = z.discriminatedUnion('do', [
  /** Hears it, and takes the call by a key. */
  z.strictObject({
    do: z.literal('hear'),
    text: z.string().max(3000),
    language: z.string().max(20),
  }),
  /** Goes where the other leg is or will be. */
  z.strictObject({ do: z.literal('meet'), room: token, timeLimitSeconds: z.int().min(10) }),
  z.strictObject({ do: z.literal('leave') }),
]);
export type SecondLegStep = z.output<typeof secondLegStep>;

/** In the order in which they come; `taken`: both are being joined. */
export const transferStages = ['calling', 'ringing', 'answered', 'taken', 'over'] as const;
export type TransferStage = (typeof transferStages)[number];

const transferProgress = z.strictObject({
  stage: z.enum(transferStages),
  /** `null` as long as it may still become anything. */
  outcome: z.enum(transferOutcomes).nullable(),
  reason: z.enum(transferReasons).nullable(),
});
export type TransferProgress = z.output<typeof transferProgress>;

export const campaignsRuntimeRequests = {
  /** The carrier's leg has answered and asks what to do: where its audio goes. */
  answerDial: defineRequest({
    service: 'campaigns',
    verb: 'answer-dial',
    askers: ['gateway'],
    input: z.strictObject({ callId: token, carrierCallId: z.string().min(1).max(128) }),
    output: z.union([admission, secondLegStep]),
    role: 'member',
    timeoutMs: 10_000,
  }),
  /** A leg of a transfer asks how to go on: a colleague pressed a key, or the caller was moved. */
  guideLeg: defineRequest({
    service: 'campaigns',
    verb: 'guide-leg',
    askers: ['gateway'],
    input: z.strictObject({
      /** The dial of the second leg. */
      callId: token,
      carrierCallId: z.string().min(1).max(128),
      has: z.enum(['keyed', 'moved']),
      digits: z.string().max(64),
    }),
    output: secondLegStep,
    role: 'member',
    timeoutMs: 10_000,
  }),
  /** Whoever ended a call makes sure that its leg is gone. */
  hangUpLeg: defineRequest({
    service: 'campaigns',
    verb: 'hang-up-leg',
    askers: ['voice'],
    input: leg,
    output: z.strictObject({ gone: z.boolean() }),
    role: 'member',
    timeoutMs: 10_000,
  }),
  /** Whoever forgets a call has its dial forgotten too; `false`: there was none. */
  eraseDial: defineRequest({
    service: 'campaigns',
    verb: 'erase-dial',
    askers: ['voice'],
    input: z.strictObject({ callId: token, reason: z.string().max(500) }),
    output: z.strictObject({ erased: z.boolean() }),
    role: 'member',
  }),
  /** Calls somebody else for whoever is on the leg; what comes of it is asked by `transferState`. */
  transferLeg: defineRequest({
    service: 'campaigns',
    verb: 'transfer-leg',
    askers: ['voice'],
    input: leg.extend({
      /** Of the asker's making, so that it can be asked about whatever the answer was. */
      transfer: token,
      kind: z.enum(['cold', 'warm']),
      to: phoneNumber,
      callerId: phoneNumber,
      briefing: z.string().max(1500),
      language: z.string().max(20),
      ringSeconds: z.int().min(5).max(120),
      agent: token,
      version: z.int().min(1).nullable(),
      pod: token,
    }),
    output: z.strictObject({ begun: z.boolean() }),
    role: 'member',
    timeoutMs: 5000,
  }),
  transferState: defineRequest({
    service: 'campaigns',
    verb: 'transfer-state',
    askers: ['voice'],
    input: z.strictObject({ transfer: token }),
    output: transferProgress,
    role: 'member',
    timeoutMs: 2000,
  }),
  /** Nobody waits any more; what was taken already is not taken back: the answer says so. */
  withdrawTransfer: defineRequest({
    service: 'campaigns',
    verb: 'withdraw-transfer',
    askers: ['voice'],
    input: z.strictObject({ transfer: token }),
    output: transferProgress,
    role: 'member',
    timeoutMs: 10_000,
  }),
} as const;

/** What each of a pod's doors is asked. */
export const podAsks = {
  alive: z.strictObject({}),
  admit: z.strictObject({ tenant: token, callId: token }),
  /** By a pod that is full itself. */
  reserve: z.strictObject({ tenant: token, correlationId: z.string().max(128), plan: callPlan }),
  /** A call it has, or the place it keeps for one. */
  endCall: z.strictObject({
    tenant: token,
    callId: token,
    reason: z.enum(endReasons),
    side: z.enum(endSides),
  }),
} as const;

const admissionOrNot = z.union([admission, z.strictObject({ refused: z.string() })]);

/** One pod's own door: `req.voice.<verb>.<pod>`; plain JSON over NATS, answered by that pod alone. */
export const podQuestions = {
  /** Is the pod there, and which calls has it? */
  alive: z.strictObject({ calls: z.array(token).max(10_000) }),
  /** A fresh stream token for a place it holds. */
  admit: admissionOrNot,
  reserve: admissionOrNot,
  /** End a call it has. */
  endCall: z.strictObject({ found: z.boolean() }),
} as const;
