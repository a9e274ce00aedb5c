import { baseLanguage, type CallFact } from '@trunkline/contracts';
import { fillIn } from '../../domain/text/prompt-variables.js';
import type { TurnRules } from '../../domain/turn/turn-rules.js';
import type { OpenedCall } from '../door/ports.js';
import type { CallStarted } from '../ports/index.js';

/** What an opened call and its agent's configuration mean to the log, the rules and the model. */

export function startedOf(call: OpenedCall): CallStarted {
  const { plan, runtime, mode, pod, carrierCallId } = call;
  const { kind, direction, agent, carrier, carrierAccount, from, to } = plan;
  const { campaign, contact, conversation, variables } = plan;
  const { stt, llm, tts } = runtime.config;
  const isCascaded = mode === 'cascaded';
  const data: Extract<CallFact, { type: 'call.started' }>['data'] = {
    ...{ kind, direction, agent, version: runtime.version, mode, pod },
    ...{ carrier, carrierAccount, carrierCallId, from, to },
    ...{ campaign, contact, conversation, variables },
    stt: isCascaded ? { provider: stt.provider, model: stt.model } : null,
    llm: { provider: llm.provider, model: llm.model },
    tts: isCascaded ? { provider: tts.provider, model: tts.model } : null,
  };
  return { type: 'call.started', data };
}

export function rulesOf({ plan, runtime, mode }: OpenedCall): TurnRules {
  const { config } = runtime;
  const { endpointing, interruption, idle, maxDurationMs, consent } = config;
  const { filler, phrases, voicemail, languages, recording } = config;
  const fill = (text: string): string => fillIn(text, config.variables, plan.variables);
  return {
    direction: plan.direction,
    firstMessage: config.firstMessage === null ? null : fill(config.firstMessage),
    ...{ endpointing, interruption, idle, maxDurationMs, consent, filler, phrases },
    voicemail: {
      ...voicemail,
      message: voicemail.message === null ? null : fill(voicemail.message),
      screening: voicemail.screening === null ? null : fill(voicemail.screening),
    },
    languages: [config.language, ...languages.map(({ language }) => language)].map(baseLanguage),
    recording: recording.enabled,
    announcesTransfers: mode === 'cascaded',
  };
}

/** What the author wrote, and what every agent on a telephone has to know. */
export function systemTextOf({ plan, runtime }: OpenedCall): string {
  const { config } = runtime;
  const prompt = fillIn(config.prompt, config.variables, plan.variables);
  return `${prompt}\n\nYou are speaking on a telephone call. Answer in one to three short sentences, in plain words without lists or markup.`;
}
