import { carriers } from '@trunkline/contracts';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const count = (min: number, max: number) => z.coerce.number<string>().int().min(min).max(max);

const flags = z.strictObject({
  carrier: z.enum(carriers).default('twilio'),
  calls: count(1, 2_000).default(1),
  minutes: z.coerce.number<string>().min(0).max(600).default(1),
  /** What each call says before it hangs up. */
  turns: count(1, 90).default(5),
  /** Each so many turns, one interrupts the agent; 0: none. */
  'interrupt-every': count(0, 100).default(0),
  'interrupt-after-ms': count(0, 60_000).default(600),
  /** Calls begin so far apart, so that they do not all speak at once. */
  'stagger-ms': count(0, 60_000).default(97),
  /** After so many calls it is over, whatever the time. */
  'total-calls': count(1, 1_000_000).optional(),
  /** Where the platform reaches this program's carriers: its …_BASE_URL is this and the name. */
  listen: count(0, 65_535).default(0),
  account: z.string().min(1).max(64),
  secret: z.string().min(1).max(256),
  'signing-seed': z.base64().length(44).optional(),
  'answer-url': z.url(),
  'status-url': z.url(),
  to: z.string().regex(/^\+[1-9]\d{6,14}$/),
  /** The sandbox whose stand-ins hear: told beforehand what is said. */
  sandbox: z.url().optional(),
});
export type LoadFlags = z.output<typeof flags>;

/** Throws with one line. */
export function readLoadFlags(args: readonly string[]): LoadFlags {
  const options = Object.fromEntries(
    Object.keys(flags.shape).map((name) => [name, { type: 'string' as const }]),
  );
  const { values } = parseArgs({ args: [...args], options, strict: true });
  const parsed = flags.safeParse(values);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TypeError(`--${issue?.path.join('.')}: ${issue?.message}`);
}
