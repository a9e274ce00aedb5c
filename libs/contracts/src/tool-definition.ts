import { z } from 'zod';

/** What an agent can do without asking anybody else. */
export const internalActions = [
  'hang-up',
  'transfer',
  'send-dtmf',
  'schedule-callback',
  'mark-disposition',
  'add-to-dnc',
  'look-up-knowledge',
] as const;

/** How the language model calls it. */
export const toolName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'letters, digits, _ and -, a letter first, at most 64');

const common = {
  name: toolName,
  description: z.string().trim().min(1).max(1024),
  /** A JSON schema of type object; its keywords and size are checked when it is saved. */
  parameters: z.record(z.string().max(64), z.json()),
  timeoutMs: z.int().min(100).max(30_000),
};

export const toolDefinition = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('internal'), action: z.enum(internalActions) }),
  z.strictObject({
    ...common,
    kind: z.literal('webhook'),
    url: z.string().min(9).max(2048),
    method: z.enum(['POST', 'PUT', 'GET']),
  }),
]);
export type ToolDefinition = z.output<typeof toolDefinition>;
export const toolKinds = ['internal', 'webhook'] as const;

/** Above the usual 2 s a caller hears a filler. */
export const defaultToolTimeoutMs = 2000;
export const maxToolVersions = 200;
