import { randomUUID } from 'node:crypto';
import { eventually } from '@trunkline/testing';
import { CallerWorld, type CallAnswer, type Json, type Platform } from '@trunkline/testing/whole';

export interface Fault extends Json {
  readonly provider: 'deepgram' | 'openai' | 'cartesia';
  readonly fault: { readonly kind: string; readonly [detail: string]: unknown };
}

interface CallerReport {
  readonly turns: readonly { readonly said: string; readonly speechEndedAtMs: number }[];
  readonly news: readonly { readonly atMs: number; readonly type: string }[];
}

interface CallEvent {
  readonly type: string;
  readonly data: Json;
}

export interface Unlucky {
  readonly call: CallAnswer;
  readonly heard: CallerReport;
  /** Everything the agent said and the caller heard, in order. */
  readonly said: readonly string[];
  readonly understood: readonly string[];
  readonly errors: readonly Json[];
  /** The models that were asked, in order. */
  readonly models: readonly string[];
  /** What the voice was told to speak, context by context. */
  readonly contexts: readonly string[];
  readonly longestSilenceMs: number;
}

export interface Misfortune {
  readonly faults: readonly Fault[];
  readonly steps: readonly Json[];
  readonly config?: Json;
  /** What the model says, instead of repeating the caller's words. */
  readonly answer?: string;
}

const vendors = ['deepgram', 'openai', 'cartesia'] as const;

/** One call of a tenant of its own, whose keys are the only ones that the faults know. */
export async function unluckyCall(platform: Platform, of: Misfortune): Promise<Unlucky> {
  const world = await CallerWorld.tenantOn(platform);
  const apiKey = `key-${randomUUID()}`;
  for (const provider of vendors) {
    await world.api('POST', '/v1/credentials', { provider, label: provider, apiKey });
  }
  for (const fault of of.faults) await world.control('POST', '/', { ...fault, key: apiKey });
  if (of.answer !== undefined) {
    const script = { match: { key: apiKey }, rules: [{ say: of.answer }] };
    await world.control('POST', '/openai/script', script);
  }
  const agent = await world.newAgent(of.config);
  const line = await world.newLine('twilio', agent);
  const { report } = (await world.ring(line, of.steps)) as unknown as { report: CallerReport };
  const call = await world.callOf(agent, ({ status }) => {
    if (status !== 'ended') throw new Error(`still ${status}`);
  });
  return { call, heard: report, ...(await read(world, call, apiKey)), ...silences(report) };
}

type Read = Pick<Unlucky, 'said' | 'understood' | 'errors' | 'models' | 'contexts'>;

async function read(world: CallerWorld, { id }: CallAnswer, apiKey: string): Promise<Read> {
  const told = `?key=${apiKey}`;
  const [log, asked, spoken] = await Promise.all([
    // Asked of the log itself, which may be a moment ahead of or behind the views.
    eventually(() => world.api<{ events: CallEvent[] }>('GET', `/v1/calls/${id}/events`)),
    world.control<{ entries: { model: string }[] }>('GET', `/openai/asked${told}`),
    world.control<{ entries: { transcript: string }[] }>('GET', `/cartesia/contexts${told}`),
  ]);
  const of = (type: string): Json[] =>
    log.events.filter((event) => event.type === type).map(({ data }) => data);
  return {
    said: of('call.turn-agent').map(({ heardText }) => String(heardText)),
    understood: of('call.turn-user').map(({ text }) => String(text)),
    errors: of('call.error'),
    models: asked.entries.map(({ model }) => model),
    contexts: spoken.entries.map(({ transcript }) => transcript),
  };
}

/** From when the caller, or the agent, falls silent until the agent is heard, or the caller again. */
function silences({ news, turns }: CallerReport): Pick<Unlucky, 'longestSilenceMs'> {
  const spoke = news.filter(({ type }) => type === 'agent-spoke' || type === 'said');
  const quiet = news.filter(({ type }) => type === 'agent-quiet').map(({ atMs }) => atMs);
  const sinceMs = [...quiet, ...turns.map(({ speechEndedAtMs }) => speechEndedAtMs)];
  const lastedMs = sinceMs.map((fromMs) => {
    const next = spoke.find(({ atMs }) => atMs >= fromMs);
    return next ? next.atMs - fromMs : 0;
  });
  return { longestSilenceMs: Math.round(Math.max(0, ...lastedMs)) };
}
