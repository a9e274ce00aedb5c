import { z } from 'zod';
import { callBehaviour } from './call-behaviour.js';
import { token } from './envelope.js';

/** BCP 47 as far as providers use it: `en`, `en-US`, `pt-BR`, `multi` for several at once. */
export const languageTag = z
  .string()
  .regex(/^(?:multi|[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2})$/, 'a language tag like en or en-US');
export const providerName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a provider name');
export const modelName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, 'a model name');
const voiceName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'a voice id');
const spoken = z.string().trim().min(1).max(1000);
const milliseconds = (min: number, max: number) => z.int().min(min).max(max);

export const agentName = z.string().trim().min(1).max(120);
export const agentDescription = z.string().trim().max(1000);

export const promptVariable = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'letters, digits and _, a letter first'),
  type: z.enum(['string', 'number', 'boolean']),
  required: z.boolean(),
  /** Spoken when a call brings no value; its type is the variable's. */
  default: z.union([z.string().max(1000), z.number(), z.boolean()]).nullable(),
  description: z.string().max(300),
});
export type PromptVariable = z.output<typeof promptVariable>;

export const pinnedTool = z.strictObject({ tool: token, version: z.int().min(1) });
export type PinnedTool = z.output<typeof pinnedTool>;

const llm = z.strictObject({
  provider: providerName,
  model: modelName,
  temperature: z.number().min(0).max(2),
  maxTokens: z.int().min(1).max(4096),
});
const stt = z.strictObject({ provider: providerName, model: modelName });
const tts = z.strictObject({
  provider: providerName,
  model: modelName,
  voice: voiceName,
  speed: z.number().min(0.6).max(1.5),
});
const endpointing = z.strictObject({
  /**
   * `model`: the speech-to-text model says when the turn is over; `vad`: a model of voices on the
   * line does, where it cannot; `silence`: the vendor's own idea of silence, and a delay. Models
   * that hear and speak by themselves do not ask.
   */
  mode: z.enum(['model', 'vad', 'silence']),
  /** Above this confidence a reply is prepared before the turn is over; `null`: never. */
  eagerThreshold: z.number().min(0.3).max(0.9).nullable(),
  threshold: z.number().min(0.5).max(0.9),
  timeoutMs: milliseconds(500, 60_000),
  /** Silence after final words. */
  minDelayMs: milliseconds(0, 5000),
  /** Silence after words that may not be all. */
  maxDelayMs: milliseconds(100, 10_000),
});
const interruption = z.strictObject({
  allowed: z.boolean(),
  minSpeechMs: milliseconds(0, 3000),
  minWords: z.int().min(0).max(10),
  /** After this silence an interruption without words was none: the agent goes on. */
  resumeAfterMs: milliseconds(200, 10_000),
  backchannels: z.array(z.string().trim().min(1).max(40)).max(50),
});
const idle = z.strictObject({
  promptAfterMs: milliseconds(3000, 120_000),
  prompts: z.array(spoken).max(5),
  hangUpAfterMs: milliseconds(5000, 600_000),
});
const recording = z.strictObject({ enabled: z.boolean(), stereo: z.boolean() });
const consent = z.strictObject({
  required: z.boolean(),
  prompt: spoken.nullable(),
  onRefusal: z.enum(['continue-unrecorded', 'end']),
});

/** How one agent behaves: what a version freezes and a call is given. */
export const agentConfig = z.strictObject({
  prompt: z.string().trim().min(1).max(32_000),
  firstMessage: spoken.nullable(),
  variables: z.array(promptVariable).max(100),
  language: languageTag,
  llm,
  stt,
  tts,
  tools: z.array(pinnedTool).max(32),
  endpointing,
  interruption,
  idle,
  maxDurationMs: milliseconds(10_000, 14_400_000),
  recording,
  consent,
  ...callBehaviour,
});
export type AgentConfig = z.output<typeof agentConfig>;

/** Without their defaults: what a patch leaves out must not come back as one. */
const behaviourPatch = Object.fromEntries(
  Object.entries(callBehaviour).map(([name, field]) => [name, field.unwrap()]),
) as unknown as {
  [Name in keyof typeof callBehaviour]: ReturnType<(typeof callBehaviour)[Name]['unwrap']>;
};

/** What is left out stays as it is (in a draft) or as the defaults have it (in a new agent). */
export const agentConfigPatch = agentConfig
  .extend({
    llm: llm.partial(),
    stt: stt.partial(),
    tts: tts.partial(),
    endpointing: endpointing.partial(),
    interruption: interruption.partial(),
    idle: idle.partial(),
    recording: recording.partial(),
    consent: consent.partial(),
    ...behaviourPatch,
  })
  .partial();
export type AgentConfigPatch = z.output<typeof agentConfigPatch>;

const behaviourDefaults = z.strictObject(callBehaviour).parse({});

/** Everything an author may leave out; the prompt is the one thing nobody can guess. */
export const agentDefaults: Omit<AgentConfig, 'prompt'> = {
  ...behaviourDefaults,
  firstMessage: null,
  variables: [],
  language: 'en',
  llm: { provider: 'openai', model: 'gpt-4o-mini', temperature: 0.7, maxTokens: 150 },
  stt: { provider: 'deepgram', model: 'flux-general-en' },
  tts: { provider: 'cartesia', model: 'sonic-3', voice: 'cartesia-katie-en', speed: 1 },
  tools: [],
  endpointing: {
    mode: 'model',
    eagerThreshold: 0.4,
    threshold: 0.7,
    timeoutMs: 5000,
    minDelayMs: 300,
    maxDelayMs: 2500,
  },
  interruption: {
    allowed: true,
    minSpeechMs: 500,
    minWords: 0,
    resumeAfterMs: 2000,
    backchannels: ['mhm', 'uh-huh', 'okay', 'yeah', 'right', 'I see'],
  },
  idle: { promptAfterMs: 15_000, prompts: ['Are you still there?'], hangUpAfterMs: 45_000 },
  maxDurationMs: 600_000,
  recording: { enabled: true, stereo: true },
  consent: { required: false, prompt: null, onRefusal: 'continue-unrecorded' },
};

/** Something that would go wrong in a call: an error stops publishing, a warning does not. */
export const configProblem = z.strictObject({
  path: z.string(),
  severity: z.enum(['error', 'warning']),
  code: z.enum([
    'variable.unknown',
    'variable.unused',
    'variable.twice',
    'variable.default-type',
    'provider.unknown',
    'model.unknown',
    'model.limit',
    'language.unsupported',
    'voice.unknown',
    'voice.language',
    'endpointing.unsupported',
    'range.inverted',
    'consent.prompt-missing',
    'tool.unknown',
    'tool.archived',
    'tool.twice',
  ]),
  message: z.string(),
});
export type ConfigProblem = z.output<typeof configProblem>;
