import { z } from 'zod';

const MAX_RULES = 200;
const pattern = z
  .string()
  .min(1)
  .max(500)
  .refine(isPattern, { error: 'not a regular expression' })
  .transform((source) => new RegExp(source, 'iu'));

export interface Answer {
  /** `{{user}}` and `{{result}}` stand for the caller's last words and the tool's result. */
  readonly say?: string | undefined;
  readonly tool?: ToolUse | readonly ToolUse[] | undefined;
  /** Said once the results of `tool` are in; left out: the rules are asked again. */
  readonly then?: Answer | undefined;
  readonly firstTokenMs?: number | undefined;
}

export interface ToolUse {
  readonly name: string;
  readonly arguments: string | Readonly<Record<string, unknown>>;
}

const toolUse = z.strictObject({
  name: z.string().min(1).max(64),
  /** Text is sent as it is, so that a model's broken JSON can be played too. */
  arguments: z.union([z.string().max(16_384), z.record(z.string(), z.unknown())]).default({}),
});

const answerFields = {
  say: z.string().max(16_384).optional(),
  tool: z.union([toolUse, z.array(toolUse).min(1).max(8)]).optional(),
  firstTokenMs: z.int().min(0).max(60_000).optional(),
};
const answer: z.ZodType<Answer> = z.lazy(() =>
  z.strictObject({ ...answerFields, then: answer.optional() }),
);

const rule = z.strictObject({
  ...answerFields,
  then: answer.optional(),
  /** All given conditions must hold; a text is one on the caller's last words. */
  when: z
    .union([
      pattern.transform((user) => ({ user })),
      z.strictObject({
        any: z.literal(true).optional(),
        user: pattern.optional(),
        turn: z.int().min(0).max(10_000).optional(),
        /** The last message is the result of this tool (`*`: of any). */
        tool: z.string().min(1).max(64).optional(),
      }),
    ])
    .default({ any: true }),
});
export type Rule = z.output<typeof rule>;

export const scriptOrder = z.strictObject({
  /** Whom the script is for; several tests may share one sandbox. The newest that fits wins. */
  match: z
    .strictObject({ system: pattern.optional(), key: z.string().max(500).optional() })
    .default({}),
  rules: z.array(rule).min(1).max(MAX_RULES),
});
export type Script = z.output<typeof scriptOrder>;

/** One question to a model, whichever vendor's shape it came in. */
export interface Asked {
  readonly key: string;
  readonly system: string;
  readonly userText: string | undefined;
  /** How many times the caller has spoken. */
  readonly turn: number;
  readonly afterTool?: { readonly callId: string; readonly name: string; readonly result: string };
  readonly toolNames: readonly string[];
}

export function fits(script: Script, asked: Asked): boolean {
  const { system, key } = script.match;
  return (key === undefined || key === asked.key) && (system?.test(asked.system) ?? true);
}

/** The first rule that holds. Only rules that name a tool are meant for a tool's result. */
export function ruleFor(script: Script, asked: Asked): Rule | undefined {
  return script.rules.find(({ when }) => {
    const { user, turn, tool } = { user: undefined, turn: undefined, tool: undefined, ...when };
    const after = asked.afterTool?.name;
    if (tool === undefined ? after !== undefined : !holdsTool(tool, after)) return false;
    if (turn !== undefined && turn !== asked.turn) return false;
    return user?.test(asked.userText ?? '') ?? true;
  });
}

function holdsTool(wanted: string, after: string | undefined): boolean {
  return after !== undefined && (wanted === '*' || wanted === after);
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'iu') instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
