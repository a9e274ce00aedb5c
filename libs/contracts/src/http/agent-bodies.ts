import { z } from 'zod';
import {
  agentConfig,
  agentConfigPatch,
  agentDescription,
  agentName,
  configProblem,
  languageTag,
  modelName,
  providerName,
} from '../agent-config.js';
import { token } from '../envelope.js';
import { aiProviders } from '../providers.js';
import { voiceGenders } from '../voices.js';
import { nextCursor, page, timestamp } from './fields.js';

export const agentStatuses = ['active', 'archived'] as const;
const versionNumber = z.int().min(1).max(100_000);
const versionText = z.coerce.number<string>().int().min(1).max(100_000);
const revision = z.int().min(1);

/** The seven published fields, and ours beside them. Only name and prompt cannot be guessed. */
export const createAgentBody = z.strictObject({
  name: agentName,
  llm_provider: providerName.optional(),
  llm_model: modelName.optional(),
  stt_provider: providerName.optional(),
  tts_provider: providerName.optional(),
  system_prompt: z.string().trim().min(1).max(32_000),
  language: languageTag.optional(),
  description: agentDescription.optional(),
  config: agentConfigPatch.omit({ prompt: true, language: true }).optional(),
});
export const createAgentAnswer = z.strictObject({
  id: token,
  name: agentName,
  status: z.literal('active'),
  created_at: timestamp,
});

const agentHead = z.strictObject({
  id: token,
  name: agentName,
  description: agentDescription,
  status: z.enum(agentStatuses),
  user_id: token,
  live_version: versionNumber,
  latest_version: versionNumber,
  draft_revision: revision,
  /** Whether the draft differs from the live version. */
  has_changes: z.boolean(),
  language: languageTag,
  created_at: timestamp,
  updated_at: timestamp,
});
export const agentAnswer = agentHead.extend({ config: agentConfig });
export const agentsQuery = page.extend({
  search: z.string().trim().min(1).max(100).optional(),
  status: z.enum(agentStatuses).optional(),
});
export const agentsAnswer = z.strictObject({ agents: z.array(agentHead), nextCursor });

export const draftAnswer = z.strictObject({
  agentId: token,
  revision,
  name: agentName,
  description: agentDescription,
  config: agentConfig,
  problems: z.array(configProblem),
});
export const patchDraftBody = z.strictObject({
  /** The revision this change was made on. */
  revision,
  name: agentName.optional(),
  description: agentDescription.optional(),
  config: agentConfigPatch.optional(),
});

export const versionAnswer = z.strictObject({
  agentId: token,
  version: versionNumber,
  hash: z.string(),
  note: z.string(),
  publishedBy: token,
  publishedAt: timestamp,
  isLive: z.boolean(),
  config: agentConfig,
});
export const versionsAnswer = z.strictObject({
  versions: z.array(versionAnswer.omit({ config: true })),
  nextCursor,
});
export const versionParams = z.strictObject({ agentId: token, version: versionText });
export const publishBody = z.strictObject({
  /** The revision that was looked at; another one meanwhile is a conflict. */
  revision,
  note: z.string().trim().max(500).optional(),
});
export const rollBackBody = z.strictObject({
  version: versionNumber,
  reason: z.string().trim().max(500).optional(),
});

const side = z.union([z.literal('draft'), z.literal('live'), versionText]);
export const diffQuery = z.strictObject({ from: side.default('live'), to: side.default('draft') });
export const fieldDiff = z.strictObject({
  path: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  before: z.json().optional(),
  after: z.json().optional(),
});
export type FieldDiff = z.output<typeof fieldDiff>;
export const diffAnswer = z.strictObject({
  from: z.string(),
  to: z.string(),
  fields: z.array(fieldDiff),
});

export const voicesQuery = z.strictObject({
  language: languageTag.optional(),
  provider: z.enum(aiProviders).optional(),
});
export const voiceAnswer = z.strictObject({
  id: z.string(),
  provider: z.enum(aiProviders),
  name: z.string(),
  language: z.string(),
  gender: z.enum(voiceGenders),
  description: z.string(),
});
export const voicesAnswer = z.strictObject({ voices: z.array(voiceAnswer) });

const modelAnswer = z.strictObject({
  id: z.string(),
  languages: z.union([z.literal('any'), z.array(z.string())]),
});
export const providersAnswer = z.strictObject({
  providers: z.array(
    z.strictObject({
      name: z.enum(aiProviders),
      title: z.string(),
      llm: z.array(modelAnswer),
      stt: z.array(modelAnswer),
      tts: z.array(modelAnswer),
    }),
  ),
  defaults: agentConfig.omit({ prompt: true }),
});
