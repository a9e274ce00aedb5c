import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LanguageModel, ReplyOrder, ReplyPart } from '../../src/app/ports/language-model.js';

/** What the model behind the port does next: every adapter's stand-in understands it. */
export type ModelScript =
  | { readonly does: 'say'; readonly tokens: readonly string[] }
  | { readonly does: 'call'; readonly id: string; readonly name: string; readonly args: string }
  | { readonly does: 'refuse'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly does: 'break-off'; readonly tokens: readonly string[] }
  | { readonly does: 'say-then-hang'; readonly tokens: readonly string[] };

export interface ModelUnderTest {
  readonly model: LanguageModel;
  readonly access: ReplyOrder['access'];
  script(next: ModelScript): void;
  /** How many replies the vendor saw cut off. */
  cutOffs(): number | Promise<number>;
  asked(): number;
  close(): Promise<void>;
}

export const aTool = {
  name: 'find_order',
  description: 'Finds an order',
  parameters: { type: 'object', properties: { id: { type: 'string' } } },
};

export function orderFor(access: ReplyOrder['access'], more: Partial<ReplyOrder> = {}): ReplyOrder {
  return {
    access,
    model: 'gpt-4o-mini',
    temperature: 0.7,
    maxTokens: 150,
    messages: [
      { role: 'system', text: 'You are kind.' },
      { role: 'user', text: 'Hello' },
    ],
    tools: [],
    ...more,
  };
}

export async function partsOf(reply: AsyncIterable<ReplyPart>): Promise<ReplyPart[]> {
  const parts: ReplyPart[] = [];
  for await (const part of reply) parts.push(part);
  return parts;
}

export function textOf(parts: readonly ReplyPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** What every language model has to do, whoever made it. */
export function languageModelContract(name: string, open: () => Promise<ModelUnderTest>): void {
  describe(`language model: ${name}`, () => {
    let under: ModelUnderTest;
    const never = new AbortController().signal;
    const reply = (signal = never, more: Partial<ReplyOrder> = {}) =>
      under.model.reply(orderFor(under.access, more), signal);

    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    it('E8 hands out text as it comes, then the usage, then one end', async () => {
      under.script({ does: 'say', tokens: ['Good', ' morning', '!'] });
      const parts = await partsOf(reply());
      expect(textOf(parts)).toBe('Good morning!');
      expect(parts.filter((part) => part.type === 'text').length).toBeGreaterThan(1);
      expect(parts.filter((part) => part.type === 'usage')).toHaveLength(1);
      expect(parts.at(-1)).toEqual({ type: 'end', reason: 'stop' });
    });

    it('O15 says that a tool call begins and hands it out whole', async () => {
      const args = '{"id":"A-17","note":"naïve"}';
      under.script({ does: 'call', id: 'call_1', name: 'find_order', args });
      const parts = await partsOf(reply(never, { tools: [aTool] }));
      expect(parts[0]).toEqual({ type: 'tool-call-started', id: 'call_1', name: 'find_order' });
      expect(parts).toContainEqual({
        type: 'tool-call',
        id: 'call_1',
        name: 'find_order',
        argumentsText: args,
      });
      expect(parts.at(-1)).toEqual({ type: 'end', reason: 'tool-calls' });
    });

    it('asks nothing before it is read', async () => {
      const before = under.asked();
      reply();
      await Promise.resolve();
      expect(under.asked()).toBe(before);
    });

    it.each([
      [401, 'provider.refused', false],
      [404, 'provider.refused', false],
      [500, 'provider.unavailable', true],
      [503, 'provider.unavailable', true],
    ])('O17 translates %i to %s', async (status, code, retryable) => {
      under.script({ does: 'refuse', status });
      await expect(partsOf(reply())).rejects.toMatchObject({ code, retryable });
    });

    it('O17 says how long a busy vendor wants to be left alone', async () => {
      under.script({ does: 'refuse', status: 429, retryAfterMs: 1500 });
      await expect(partsOf(reply())).rejects.toMatchObject({
        code: 'provider.rate-limited',
        retryable: true,
        details: { retryAfterMs: 1500 },
      });
    });

    it('O17 never takes a broken reply for a finished one', async () => {
      under.script({ does: 'break-off', tokens: ['Half', ' a'] });
      const parts: ReplyPart[] = [];
      const read = async () => {
        for await (const part of reply()) parts.push(part);
      };
      await expect(read()).rejects.toMatchObject({ code: 'provider.unavailable' });
      expect(parts.some((part) => part.type === 'end')).toBe(false);
    });

    it('stops the vendor when it is aborted, and says so', async () => {
      const cutOffs = await under.cutOffs();
      under.script({ does: 'say-then-hang', tokens: ['Well'] });
      const turn = new AbortController();
      const reason = new Error('barge-in');
      const read = async () => {
        for await (const part of reply(turn.signal)) if (part.type === 'text') turn.abort(reason);
      };
      await expect(read()).rejects.toBe(reason);
      await untilAbove(cutOffs);
    });

    it('stops the vendor when the reader leaves', async () => {
      const cutOffs = await under.cutOffs();
      under.script({ does: 'say-then-hang', tokens: ['Well'] });
      for await (const part of reply()) if (part.type === 'text') break;
      await untilAbove(cutOffs);
    });

    it('does not ask at all when it is aborted already', async () => {
      const before = under.asked();
      const signal = AbortSignal.abort(new Error('gone'));
      await expect(partsOf(reply(signal))).rejects.toThrow('gone');
      expect(under.asked()).toBe(before);
    });

    it('works again after all that', async () => {
      under.script({ does: 'say', tokens: ['Still', ' here'] });
      expect(textOf(await partsOf(reply()))).toBe('Still here');
    });

    async function untilAbove(count: number): Promise<void> {
      for (let tries = 0; tries < 500; tries += 1) {
        if ((await under.cutOffs()) > count) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(await under.cutOffs()).toBeGreaterThan(count);
    }
  });
}
