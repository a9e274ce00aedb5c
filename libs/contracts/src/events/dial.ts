import { z } from 'zod';
import { conversationMode } from '../call-behaviour.js';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { endReasons } from '../end-reasons.js';
import { token } from '../envelope.js';
import { personal } from '../marks.js';
import { carriers } from '../providers.js';
import { callVariables } from './call.js';
import { phoneNumber } from './route.js';

const carrierCallId = z.string().min(1).max(128);
const detail = z.string().max(300);

/** `connected`: somebody or something answered; `unknown`: nobody will ever know. */
export const dialOutcomes = [
  'connected',
  'busy',
  'no-answer',
  'failed',
  'rejected',
  'cancelled',
  'no-room',
  'unknown',
] as const;
export type DialOutcome = (typeof dialOutcomes)[number];

export const machineVerdicts = [
  'human',
  'machine',
  'machine-greeting-ended',
  'machine-beep',
  'fax',
  'silence',
  'unknown',
] as const;
export type DialVerdict = (typeof machineVerdicts)[number];

export const dialAggregate = defineAggregate({
  name: 'dial',
  owner: 'campaigns',
  events: {
    'dial.requested': {
      schema: 1,
      says: 'Somebody wants this number to be called, once; the id is the call’s.',
      data: z.strictObject({
        agent: token,
        version: z.int().min(1).nullable(),
        mode: conversationMode.nullable(),
        carrierAccount: token,
        carrier: z.enum(carriers),
        from: personal(phoneNumber),
        to: personal(phoneNumber),
        campaign: token.nullable(),
        contact: token.nullable(),
        variables: personal(callVariables, {}),
        ringSeconds: z.int().min(5).max(120),
        timeLimitSeconds: z.int().min(10).max(14_460),
        machineDetection: z.enum(['off', 'detect', 'greeting-end']),
        /** Where a place is kept for it; of a second leg: where its call runs. */
        pod: token,
        /** Of a second leg: it is called for somebody who is on the line. */
        transfer: z
          .strictObject({
            call: token,
            kind: z.enum(['cold', 'warm']),
            /** The leg of whoever waits. */
            carrierCallId,
            /** What the colleague is told. */
            briefing: personal(z.string().max(1500)),
            language: z.string().max(20),
          })
          .optional(),
      }),
    },
    'dial.attempting': {
      schema: 1,
      says: 'The one POST to the carrier is about to be sent; whoever wrote this sends it, nobody else.',
      data: z.strictObject({ pod: token }),
    },
    'dial.accepted': {
      schema: 1,
      says: 'The carrier took the order.',
      data: z.strictObject({ carrierCallId }),
    },
    'dial.rejected': {
      schema: 1,
      says: 'The carrier refused for certain; no call came of it.',
      terminal: true,
      data: z.strictObject({
        reason: z.string().max(64),
        carrierCode: z.string().max(64).nullable(),
      }),
    },
    'dial.unknown': {
      schema: 1,
      says: 'Nobody knows whether there is a call: it is never posted again.',
      data: z.strictObject({ why: z.enum(['timeout', 'server-error', 'crash', 'unreadable']) }),
    },
    'dial.ringing': {
      schema: 1,
      says: 'It rings.',
      data: z.strictObject({ carrierCallId }),
    },
    'dial.answered': {
      schema: 1,
      says: 'Somebody or something answered.',
      data: z.strictObject({ carrierCallId }),
    },
    'dial.machine-detected': {
      schema: 1,
      says: 'What the carrier believes has answered.',
      data: z.strictObject({
        verdict: z.enum(machineVerdicts),
      }),
    },
    'dial.agreed': {
      schema: 1,
      says: 'Of a second leg: the call was taken; whoever wrote this has the caller moved over, once.',
      data: z.strictObject({ carrierCallId }),
    },
    'dial.joined': {
      schema: 1,
      says: 'Of a second leg: the carrier told that the caller was joined to it.',
      data: z.strictObject({}),
    },
    'dial.closed': {
      schema: 1,
      says: 'The leg is gone and will not come back.',
      terminal: true,
      data: z.strictObject({
        outcome: z.enum(dialOutcomes),
        reason: z.enum(endReasons),
        detail,
        durationSeconds: z.int().min(0).nullable(),
      }),
    },
    'dial.erased': {
      schema: 1,
      says: 'Who was called is to be forgotten.',
      terminal: true,
      erases: true,
      data: z.strictObject({ reason: z.string().max(500) }),
    },
  },
});
export type DialFact = FactOf<typeof dialAggregate>;
