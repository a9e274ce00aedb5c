import { z } from 'zod';
import { conversationMode } from '../call-behaviour.js';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { endReasons, endSides } from '../end-reasons.js';
import { token } from '../envelope.js';
import { personal } from '../marks.js';
import { carriers } from '../providers.js';
import { phoneNumber } from './route.js';

const ms = z.int().min(0).max(86_400_000);
/** Since the call was joined. */
const momentMs = ms;
const spokenText = personal(z.string().max(20_000));
const shortText = z.string().max(500);
const providerModel = z.strictObject({ provider: z.string().max(32), model: z.string().max(128) });
const turnNumber = z.int().min(1).max(10_000);

const words = personal(
  z
    .array(z.strictObject({ text: z.string().max(200), startMs: momentMs, endMs: momentMs }))
    .max(2000),
  [],
);

/** Values of the prompt's variables, and the facts a campaign knows of a contact. */
export const callVariables = z.record(
  z.string().max(64),
  z.union([z.string().max(1000), z.number(), z.boolean()]),
);

/** Money is an integer number of micros and a currency. */
export const cost = z.strictObject({ micros: z.int().min(0), currency: z.literal('USD') });

export const turnLatency = z.strictObject({
  /** From the caller's last sound, as the speech-to-text model heard it. */
  finalMs: ms.nullable(),
  firstTokenMs: ms.nullable(),
  firstByteMs: ms.nullable(),
  firstFrameMs: ms.nullable(),
});
export type TurnLatency = z.output<typeof turnLatency>;

const storedFile = z.strictObject({
  key: z.string().min(1).max(512),
  sizeBytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** `connected`: the carrier told that both legs are joined, not only that it took the order. */
export const transferOutcomes = ['connected', 'refused', 'unknown'] as const;
export type TransferOutcome = (typeof transferOutcomes)[number];

export const transferReasons = [
  'busy',
  'no-answer',
  /** Answered, but the call was not taken: another key, none, or a mailbox. */
  'declined',
  'failed',
  /** The caller hung up, or the call ended, before anybody had taken it. */
  'withdrawn',
] as const;
export type TransferReason = (typeof transferReasons)[number];

export const callKinds = ['phone', 'browser', 'practice', 'test'] as const;

export const callAggregate = defineAggregate({
  name: 'call',
  owner: 'voice',
  events: {
    'call.started': {
      schema: 1,
      says: 'A socket brought a valid token, for the first and only time; nothing has been heard yet.',
      data: z.strictObject({
        kind: z.enum(callKinds),
        direction: z.enum(['inbound', 'outbound']),
        agent: token,
        version: z.int().min(1),
        mode: conversationMode,
        carrier: z.enum(carriers).nullable(),
        carrierAccount: token.nullable(),
        carrierCallId: z.string().max(128).nullable(),
        from: personal(phoneNumber.nullable(), null),
        to: personal(phoneNumber.nullable(), null),
        campaign: token.nullable(),
        contact: token.nullable(),
        conversation: token.nullable(),
        variables: personal(callVariables, {}),
        stt: providerModel.nullable(),
        llm: providerModel,
        tts: providerModel.nullable(),
        pod: token,
      }),
    },
    'call.joined': {
      schema: 1,
      says: 'Media is open and the first frame has come.',
      data: z.strictObject({
        encoding: z.enum(['mulaw', 'alaw', 'pcm16le']),
        rateHz: z.int().min(8000).max(48_000),
      }),
    },
    'call.reconnecting': {
      schema: 1,
      says: 'The socket dropped; the same leg may come back within 10 s.',
      data: z.strictObject({ atMs: momentMs }),
    },
    'call.rejoined': {
      schema: 1,
      says: 'The socket of the same leg came back.',
      data: z.strictObject({ atMs: momentMs }),
    },
    'call.consent': {
      schema: 1,
      says: 'The caller was asked whether the call may be recorded, and answered.',
      data: z.strictObject({
        given: z.boolean(),
        atMs: momentMs,
        how: z.enum(['said', 'keyed', 'silent']),
      }),
    },
    'call.machine-detected': {
      schema: 1,
      says: 'What answered is not a person: a mailbox, a menu, or a machine that screens calls.',
      data: z.strictObject({
        verdict: z.enum(['human', 'voicemail', 'ivr', 'screening', 'fax', 'unknown']),
        by: z.enum(['carrier', 'speech']),
        atMs: momentMs,
      }),
    },
    'call.turn-user': {
      schema: 1,
      says: 'The caller said something, and it was their turn.',
      data: z.strictObject({
        turn: turnNumber,
        text: spokenText,
        words,
        startedMs: momentMs,
        endedMs: momentMs,
        confidence: z.number().min(0).max(1).nullable(),
        language: z.string().max(20).nullable(),
        /** It cut the agent off. */
        interrupted: z.boolean(),
        digits: personal(z.string().max(64).nullable(), null),
      }),
    },
    'call.turn-agent': {
      schema: 1,
      says: 'The agent spoke; `heardText` is what had been played when it ended or was cut off.',
      data: z.strictObject({
        turn: turnNumber,
        kind: z.enum([
          'first',
          'reply',
          'filler',
          'idle',
          'consent',
          'trouble',
          'goodbye',
          'message',
        ]),
        text: spokenText,
        heardText: spokenText,
        words,
        startedMs: momentMs,
        endedMs: momentMs,
        heardUntilMs: momentMs,
        interrupted: z.boolean(),
        eager: z.boolean(),
        latency: turnLatency,
        llm: providerModel.nullable(),
        tts: providerModel.nullable(),
        usage: z.strictObject({
          promptTokens: z.int().min(0),
          completionTokens: z.int().min(0),
          spokenCharacters: z.int().min(0),
        }),
        cost,
      }),
    },
    'call.tool-called': {
      schema: 1,
      says: 'The model asked for a tool that the agent version allows; it is sent once.',
      data: z.strictObject({
        turn: turnNumber,
        toolCall: z.string().min(1).max(128),
        tool: z.string().max(64),
        arguments: personal(z.string().max(20_000)),
        atMs: momentMs,
      }),
    },
    'call.tool-returned': {
      schema: 1,
      says: 'What came of it.',
      data: z.strictObject({
        turn: turnNumber,
        toolCall: z.string().min(1).max(128),
        tool: z.string().max(64),
        outcome: z.enum(['done', 'failed', 'timeout', 'refused', 'acknowledged']),
        result: personal(z.string().max(20_000)),
        tookMs: ms,
      }),
    },
    'call.retrieval': {
      schema: 1,
      says: 'The knowledge of the agent was searched.',
      data: z.strictObject({
        turn: turnNumber,
        query: spokenText,
        documents: z.array(z.string().max(64)).max(20),
        tookMs: ms,
      }),
    },
    'call.transferred': {
      schema: 1,
      says: 'Somebody else was called for the caller, and this came of it; connected: both are joined and the agent has left.',
      data: z.strictObject({
        kind: z.enum(['cold', 'warm']),
        to: personal(phoneNumber),
        name: z.string().max(60),
        outcome: z.enum(transferOutcomes),
        /** Why not; of older events it is not known. */
        reason: z.enum(transferReasons).nullable().optional(),
        /** The dial of the second leg. */
        dial: token.nullable().optional(),
        atMs: momentMs,
      }),
    },
    'call.language-switched': {
      schema: 1,
      says: 'The conversation goes on in another language.',
      data: z.strictObject({ language: z.string().max(20), atMs: momentMs }),
    },
    'call.disposition': {
      schema: 1,
      says: 'The agent marked what came of the call.',
      data: z.strictObject({ disposition: z.string().max(64), note: spokenText, atMs: momentMs }),
    },
    'call.error': {
      schema: 1,
      says: 'Something failed and the call went on, or ended because of it.',
      data: z.strictObject({
        stage: z.enum(['line', 'stt', 'llm', 'tts', 'realtime', 'tool', 'recording', 'runtime']),
        provider: z.string().max(32).nullable(),
        code: z.string().max(96),
        atMs: momentMs,
        recovered: z.boolean(),
      }),
    },
    'call.ended': {
      schema: 1,
      says: 'The call is over; the first of these stands.',
      terminal: true,
      data: z.strictObject({
        reason: z.enum(endReasons),
        side: z.enum(endSides),
        detail: shortText,
        durationMs: ms,
        talkMs: ms,
        userTurns: z.int().min(0),
        agentTurns: z.int().min(0),
        interruptions: z.int().min(0),
        cost,
        recording: z.enum(['none', 'pending', 'truncated', 'failed']),
      }),
    },
    'call.recording-stored': {
      schema: 1,
      says: 'Both WAVs and the peaks are in the object store.',
      terminal: true,
      data: z.strictObject({
        mono: storedFile,
        stereo: storedFile.nullable(),
        peaks: storedFile.nullable(),
        durationMs: ms,
        truncated: z.boolean(),
        by: z.enum(['pod', 'sweeper']),
      }),
    },
    'call.erased': {
      schema: 1,
      says: 'What was said and by whom is to be forgotten.',
      terminal: true,
      erases: true,
      data: z.strictObject({ reason: shortText }),
    },
  },
});
export type CallFact = FactOf<typeof callAggregate>;
