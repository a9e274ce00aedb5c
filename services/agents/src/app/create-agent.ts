import type { agentsRoutes } from '@trunkline/contracts';
import type { Envelope } from '@trunkline/contracts';
import type { z } from 'zod';
import { createAgent as decideAgent } from '../domain/agent.js';
import { configProblems } from '../domain/config-problems.js';
import { newConfig } from '../domain/new-config.js';
import { configHash, spread } from './agent-changes.js';
import type { AgentsApp } from './agents-app.js';
import type { By } from './by.js';
import { appendFirst, madeEarlier, mintId } from './create-once.js';
import { surroundingsOf } from './surroundings.js';

type Body = z.output<(typeof agentsRoutes.createAgent)['body'] & z.ZodType>;
type Answer = z.input<typeof agentsRoutes.createAgent.answer>;

/**
 * Row E11: validate, event, document, configuration object, answer. That a repeated request was
 * answered before is looked up only once it is refused or meets its own event: the look would
 * cost every first request more than all the rest. An agent never leaves the hot half, so the
 * append itself refuses a second one.
 */
export async function createAgent(app: AgentsApp, by: By, body: Body): Promise<Answer> {
  try {
    return answerOf(await makeAgent(app, by, body));
  } catch (error) {
    const earlier = await madeEarlier(app, by, 'agent');
    if (earlier) return answerOf(earlier);
    throw error;
  }
}

async function makeAgent(app: AgentsApp, by: By, body: Body): Promise<Envelope> {
  const defaults = await app.defaults.of(by.tenant);
  const config = newConfig(
    {
      prompt: body.system_prompt,
      language: body.language,
      llmProvider: body.llm_provider,
      llmModel: body.llm_model,
      sttProvider: body.stt_provider,
      ttsProvider: body.tts_provider,
      config: body.config,
    },
    defaults,
  );
  const problems = configProblems(config, await surroundingsOf(app, by, { draft: config }));
  const fact = decideAgent(
    {
      name: body.name,
      description: body.description ?? '',
      user: by.origin.actor.id,
      config,
      configHash: configHash(config),
    },
    problems,
  );
  const event = await appendFirst(app, by, { aggregate: 'agent', id: mintId(by), fact });
  await spread(app, event);
  return event;
}

function answerOf(event: Envelope): Answer {
  const name = String(event.data['name']);
  return { id: event.id, name, status: 'active', created_at: event.occurredAt };
}
