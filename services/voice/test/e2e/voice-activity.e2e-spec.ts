import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallerWorld, type CallAnswer } from '@trunkline/testing/whole';
import { pinkNoisePcm, tonePcm } from '../support/line-sounds.js';
import { wavOf } from '../support/wav.js';

let world: CallerWorld;
beforeAll(async () => {
  world = await CallerWorld.start();
}, 180_000);
afterAll(async () => {
  await world?.stop();
});

const listen = { waitForAgent: { quietMs: 600, timeoutMs: 20_000 } };
const hangUp = { hangUp: true };
const caller = (text: string) => expect.objectContaining({ who: 'caller', text });
const greeting =
  'Welcome to our restaurant, we are open every day from nine in the morning until late at night.';
/** The ear of the sandbox hears no word in it, as a vendor's would. */
const noise = (pcm: Int16Array) => ({ say: '…', wav: wavOf(pcm) });

interface Called {
  readonly heard: CallAnswer;
  /** How often the agent fell silent in mid-sentence. */
  readonly pauses: number;
}

async function call(config: object, steps: readonly object[]): Promise<Called> {
  const stt = { provider: 'deepgram', model: 'nova-3' };
  const agent = await world.newAgent({ stt, ...config });
  const line = await world.newLine('twilio', agent);
  const rung = await world.ring(line, steps as Parameters<CallerWorld['ring']>[1]);
  const { clears } = rung['report'] as { readonly clears: readonly object[] };
  const heard = await world.callOf(agent, ({ status }) => expect(status).toBe('ended'));
  return { heard, pauses: clears.length };
}

describe('an agent whose hearing leaves the end of a turn to us', () => {
  it('listens for voices unless it is told otherwise, understands and answers', async () => {
    const { heard } = await call({}, [listen, { say: 'Are you open today?' }, listen, hangUp]);
    expect(heard.transcript).toContainEqual(caller('Are you open today?'));
    expect(heard.transcript.at(-1)).toMatchObject({ who: 'agent' });
    expect(heard.turns).toHaveLength(1);
  }, 90_000);

  it('stops when somebody speaks over it', async () => {
    const interrupt = { interrupt: { say: 'Sorry, wait a moment please.', afterMs: 1200 } };
    const { heard, pauses } = await call({ firstMessage: greeting }, [interrupt, listen, hangUp]);
    expect(pauses).toBe(1);
    const first = heard.transcript.find(({ who }) => who === 'agent')?.text ?? '';
    expect(first).toMatch(/^Welcome to our/);
    expect(first).not.toMatch(/late at night/);
    expect(heard.transcript).toContainEqual(caller('Sorry, wait a moment please.'));
  }, 90_000);

  it.each([
    ['pink noise', pinkNoisePcm(1500)],
    ['a tone', tonePcm(1500)],
  ])(
    '%s does not interrupt it',
    async (_name, pcm) => {
      const interrupt = { interrupt: { ...noise(pcm), afterMs: 800 } };
      const { heard, pauses } = await call({ firstMessage: greeting }, [interrupt, listen, hangUp]);
      expect(pauses).toBe(0);
      expect(heard.transcript).toEqual([expect.objectContaining({ who: 'agent', text: greeting })]);
    },
    90_000,
  );
});
