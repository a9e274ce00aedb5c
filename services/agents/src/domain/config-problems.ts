import {
  modelsOf,
  speaks,
  voiceById,
  type AgentConfig,
  type ConfigProblem,
  type ModelDefinition,
  type PinnedTool,
  type StageKind,
} from '@trunkline/contracts';
import { placeholdersIn, textsOf } from './prompt-variables.js';

/** What is known of a tool that a configuration pins. */
export interface KnownTool {
  readonly latest: number;
  readonly archived: boolean;
  /** The function's name in the pinned version. */
  readonly name: string;
}

export interface Surroundings {
  readonly tools: ReadonlyMap<string, KnownTool>;
  /** Pins of the live version stay valid though the tool was archived. */
  readonly livePins: readonly PinnedTool[];
}

/** Everything that would go wrong in a call with this configuration. */
export function configProblems(config: AgentConfig, around: Surroundings): ConfigProblem[] {
  return [
    ...variableProblems(config),
    ...modelProblems(config),
    ...voiceProblems(config),
    ...rangeProblems(config),
    ...toolProblems(config.tools, around),
  ];
}

function variableProblems(config: AgentConfig): ConfigProblem[] {
  const declared = config.variables.map((variable) => variable.name);
  const used = new Set<string>();
  const unknown = textsOf(config).flatMap(([path, text]) =>
    placeholdersIn(text).flatMap((name) => {
      used.add(name);
      if (declared.includes(name)) return [];
      return [problem(path, 'variable.unknown', `{{${name}}} is not among the variables`)];
    }),
  );
  const own = config.variables.flatMap((variable, index) => {
    const path = `variables.${index}`;
    const found: ConfigProblem[] = [];
    if (declared.indexOf(variable.name) !== index) {
      found.push(problem(path, 'variable.twice', `${variable.name} is declared twice`));
    }
    if (variable.default !== null && typeof variable.default !== variable.type) {
      found.push(problem(path, 'variable.default-type', `the default is no ${variable.type}`));
    }
    if (!used.has(variable.name)) {
      found.push(warning(path, 'variable.unused', `no text uses {{${variable.name}}}`));
    }
    return found;
  });
  return [...unknown, ...own];
}

function modelProblems(config: AgentConfig): ConfigProblem[] {
  const stages: readonly StageKind[] = ['llm', 'stt', 'tts'];
  const found = stages.flatMap((stage) => stageProblems(config, stage));
  const wrong = wrongEndpointing(config);
  return wrong ? [...found, problem('endpointing.mode', 'endpointing.unsupported', wrong)] : found;
}

/** Who says that a turn is over has to be one, and only one. */
function wrongEndpointing({ stt: chosen, endpointing }: AgentConfig): string | undefined {
  const stt = findModel('stt', chosen);
  if (!stt) return undefined;
  if (endpointing.mode === 'model' && !stt.endsTurns) {
    return `${stt.id} does not say when a turn is over: use the mode vad`;
  }
  if (endpointing.mode === 'vad' && stt.endsTurns) {
    return `${stt.id} says itself when a turn is over: use the mode model`;
  }
  return undefined;
}

function stageProblems(config: AgentConfig, stage: StageKind): ConfigProblem[] {
  const { provider, model } = config[stage];
  const models = modelsOf(stage, provider);
  if (!models) {
    return [problem(`${stage}.provider`, 'provider.unknown', `${provider} is not on offer here`)];
  }
  const chosen = models.find((one) => one.id === model);
  if (!chosen) {
    const offer = models.map((one) => one.id).join(', ');
    const message = `${provider} has no ${model}; on offer: ${offer}`;
    return [problem(`${stage}.model`, 'model.unknown', message)];
  }
  return limitProblems(config, stage, chosen);
}

function limitProblems(
  config: AgentConfig,
  stage: StageKind,
  chosen: ModelDefinition,
): ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (!speaks(chosen, config.language)) {
    const message = `${chosen.id} does not know ${config.language}`;
    found.push(problem(`${stage}.model`, 'language.unsupported', message));
  }
  const { maxOutputTokens } = chosen;
  if (stage === 'llm' && maxOutputTokens && config.llm.maxTokens > maxOutputTokens) {
    found.push(problem('llm.maxTokens', 'model.limit', `at most ${maxOutputTokens}`));
  }
  return found;
}

const vendorsOwnId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function voiceProblems(config: AgentConfig): ConfigProblem[] {
  const voice = voiceById(config.tts.voice);
  if (!voice) {
    const message = `${config.tts.voice} is not in the catalogue`;
    return [
      vendorsOwnId.test(config.tts.voice)
        ? warning('tts.voice', 'voice.unknown', message)
        : problem('tts.voice', 'voice.unknown', message),
    ];
  }
  if (voice.provider !== config.tts.provider) {
    return [problem('tts.voice', 'voice.unknown', `${voice.id} belongs to ${voice.provider}`)];
  }
  if (speaks({ languages: [voice.language.split('-')[0] ?? ''] }, config.language)) return [];
  return [warning('tts.voice', 'voice.language', `${voice.id} speaks ${voice.language} best`)];
}

function rangeProblems(config: AgentConfig): ConfigProblem[] {
  const { endpointing, idle, consent } = config;
  const found: ConfigProblem[] = [];
  const { eagerThreshold, threshold, minDelayMs, maxDelayMs } = endpointing;
  if (eagerThreshold !== null && eagerThreshold >= threshold) {
    found.push(problem('endpointing.eagerThreshold', 'range.inverted', 'must be below threshold'));
  }
  if (minDelayMs > maxDelayMs) {
    found.push(problem('endpointing.minDelayMs', 'range.inverted', 'must not exceed maxDelayMs'));
  }
  if (idle.hangUpAfterMs <= idle.promptAfterMs) {
    found.push(problem('idle.hangUpAfterMs', 'range.inverted', 'must be after promptAfterMs'));
  }
  if (consent.required && consent.prompt === null) {
    found.push(problem('consent.prompt', 'consent.prompt-missing', 'say what is asked'));
  }
  return found;
}

function toolProblems(pins: readonly PinnedTool[], around: Surroundings): ConfigProblem[] {
  const ids = pins.map((pin) => pin.tool);
  const names = pins.map((pin) => around.tools.get(pin.tool)?.name);
  return pins.flatMap((pin, index) => {
    const path = `tools.${index}`;
    const known = around.tools.get(pin.tool);
    if (!known || pin.version > known.latest) {
      return [problem(path, 'tool.unknown', 'there is no such tool or version')];
    }
    const isTwice = ids.indexOf(pin.tool) !== index || names.indexOf(known.name) !== index;
    if (isTwice) return [problem(path, 'tool.twice', `${known.name} is there already`)];
    const isKept = around.livePins.some((live) => live.tool === pin.tool);
    if (!known.archived) return [];
    const found = isKept ? warning : problem;
    return [found(path, 'tool.archived', `${known.name} is archived`)];
  });
}

function findModel(
  stage: StageKind,
  choice: { readonly provider: string; readonly model: string },
): ModelDefinition | undefined {
  return modelsOf(stage, choice.provider)?.find((one) => one.id === choice.model);
}

function problem(path: string, code: ConfigProblem['code'], message: string): ConfigProblem {
  return { path, severity: 'error', code, message };
}

function warning(path: string, code: ConfigProblem['code'], message: string): ConfigProblem {
  return { path, severity: 'warning', code, message };
}
