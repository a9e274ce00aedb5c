import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  Conversation,
  ConversationEvent,
  ConversationOrder,
  SpeechToSpeech,
} from '../../src/app/ports/speech-to-speech.js';
import { aTool } from './language-model.contract.js';

/** What the vendor behind the port does, in the words of the port. */
export interface SpeechVendor {
  callerSays(text: string): void;
  /** One whole reply; `sound` in one piece. */
  replies(reply: { readonly text: string; readonly sound: Uint8Array }): void;
  /** A reply that has begun and does not end by itself. */
  beginsReply(sound: Uint8Array): void;
  /** The caller speaks into the open reply. */
  interrupts(): void;
  callsTool(call: { readonly id: string; readonly name: string; readonly args: object }): void;
  drops(): void;
  refuses(status: number | undefined): void;
  /** The caller's sound as it arrived. */
  heardBytes(): Uint8Array;
  /** What the tools brought, as it arrived. */
  toolResults(): readonly { readonly id: string; readonly text: string }[];
  prompts(): readonly string[];
  /** What it was told that was said in its name. */
  remembered(): readonly string[];
  closedCount(): number;
}

export interface SpeechUnderTest {
  readonly adapter: SpeechToSpeech;
  readonly vendor: SpeechVendor;
  readonly order: ConversationOrder;
  close(): Promise<void>;
}

export const sound = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => index % 251);

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(condition()).toBe(true);
}

/** What every speech-to-speech model has to do. */
export function speechToSpeechContract(name: string, start: () => Promise<SpeechUnderTest>): void {
  describe(`speech to speech: ${name}`, () => {
    let under: SpeechUnderTest;
    let vendor: SpeechVendor;
    let call: AbortController;
    let conversation: Conversation;
    let events: AsyncIterator<ConversationEvent>;
    const open = (more: Partial<ConversationOrder> = {}) =>
      under.adapter.open({ ...under.order, tools: [aTool], ...more }, call.signal);

    /** Everything up to and with the first event of that type. */
    async function upTo(type: ConversationEvent['type']): Promise<ConversationEvent[]> {
      const seen: ConversationEvent[] = [];
      for (;;) {
        const { value, done } = await events.next();
        if (done) throw new Error(`ended before ${type}: ${JSON.stringify(seen)}`);
        seen.push(value);
        if (value.type === type) return seen;
      }
    }

    beforeAll(async () => {
      under = await start();
      ({ vendor } = under);
    });
    afterAll(() => under.close());
    beforeEach(async () => {
      vendor.refuses(undefined);
      call = new AbortController();
      conversation = await open();
      events = conversation.events[Symbol.asyncIterator]();
    });

    afterEach(() => call.abort());

    it('O12 says which sound it hears and speaks', () => {
      expect(under.adapter.hears(under.order.hears)).toBe(true);
      expect(under.adapter.speaks(under.order.speaks)).toBe(true);
      expect(under.adapter.hears({ encoding: 'pcm16le', rateHz: 8000 })).toBe(false);
    });

    it('O12 brings the sound of the caller to the vendor, byte by byte', async () => {
      const before = vendor.heardBytes().length;
      conversation.send(sound(160));
      conversation.send(sound(640).subarray(320));
      await until(() => vendor.heardBytes().length >= before + 480);
      const heard = vendor.heardBytes().subarray(before);
      expect([...heard]).toEqual([...sound(160), ...sound(640).subarray(320)]);
    });

    it('O12 tells what the caller said and what the model answers', async () => {
      vendor.callerSays('Where is my order?');
      vendor.replies({ text: 'On its way.', sound: sound(960) });
      const seen = await upTo('reply-ended');
      const types = seen.map((event) => event.type);
      expect(seen).toContainEqual({
        type: 'caller-said',
        text: 'Where is my order?',
        final: true,
      });
      expect(types.indexOf('caller-started')).toBeLessThan(types.indexOf('caller-stopped'));
      expect(types.indexOf('caller-stopped')).toBeLessThan(types.indexOf('reply-started'));
      const audio = seen.flatMap((event) => (event.type === 'audio' ? [...event.bytes] : []));
      expect(audio).toEqual([...sound(960)]);
      const said = seen.map((event) => (event.type === 'agent-said' ? event.text : '')).join('');
      expect(said).toBe('On its way.');
      expect(seen.at(-1)).toMatchObject({
        reason: 'done',
        usage: { promptTokens: 30, completionTokens: 12 },
      });
    });

    it('gives each reply a name of its own', async () => {
      vendor.replies({ text: 'One.', sound: sound(320) });
      const [first] = (await upTo('reply-ended')).slice(-1);
      vendor.replies({ text: 'Two.', sound: sound(320) });
      const second = await upTo('reply-ended');
      expect(second.at(-1)).not.toMatchObject({ replyId: (first as { replyId: string }).replyId });
      const names = second.map((event) => ('replyId' in event ? event.replyId : ''));
      expect(new Set(names.filter((one) => one !== '')).size).toBe(1);
    });

    it('O15 asks for a tool and tells the model what it brought', async () => {
      vendor.callsTool({ id: 'call_9', name: 'find_order', args: { id: 'A-17' } });
      const asked = (await upTo('tool-call')).at(-1);
      expect(asked).toMatchObject({ id: 'call_9', name: 'find_order' });
      expect(JSON.parse((asked as { argumentsText: string }).argumentsText)).toEqual({
        id: 'A-17',
      });
      conversation.toolReturned('call_9', 'sent today');
      await until(() => vendor.toolResults().some(({ id }) => id === 'call_9'));
      expect(vendor.toolResults().at(-1)).toEqual({ id: 'call_9', text: 'sent today' });
    });

    it('makes the model speak when it is told to', async () => {
      conversation.prompt('Say hello.');
      await until(() => vendor.prompts().includes('Say hello.'));
    });

    it('knows what was said in its name, and answers nothing', async () => {
      const before = vendor.prompts().length;
      conversation.remember('May we record?');
      await until(() => vendor.remembered().includes('May we record?'));
      expect(vendor.prompts()).toHaveLength(before);
    });

    it('ends a reply that the caller interrupts', async () => {
      vendor.beginsReply(sound(4800));
      const begun = (await upTo('audio')).at(-1) as { replyId: string };
      vendor.interrupts();
      conversation.interrupt(begun.replyId, 40);
      const seen = await upTo('reply-ended');
      expect(seen.map((event) => event.type)).toContain('caller-started');
      expect(seen.at(-1)).toMatchObject({ replyId: begun.replyId, reason: 'interrupted' });
    });

    it('O17 says so when the vendor drops it', async () => {
      vendor.drops();
      await expect(upTo('reply-ended')).rejects.toMatchObject({
        code: 'provider.unavailable',
        retryable: true,
      });
    });

    it('O17 says so when the vendor refuses it', async () => {
      vendor.refuses(401);
      await expect(open()).rejects.toMatchObject({ code: 'provider.refused' });
      vendor.refuses(503);
      await expect(open()).rejects.toMatchObject({ code: 'provider.unavailable' });
    });

    it('closes at the vendor when it is closed or the call ends', async () => {
      const before = vendor.closedCount();
      const other = await open();
      other.close();
      expect(await other.events[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
      call.abort(new Error('hang-up'));
      expect(await events.next()).toMatchObject({ done: true });
      await until(() => vendor.closedCount() >= before + 2);
    });

    it('takes no harm from what comes too late', async () => {
      conversation.close();
      conversation.send(sound(160));
      conversation.prompt('Anybody?');
      conversation.remember('Nobody.');
      conversation.interrupt('nobody', 10);
      conversation.toolReturned('nobody', 'x');
      expect(await events.next()).toMatchObject({ done: true });
    });

    it('does not open when it is aborted already', async () => {
      call.abort(new Error('gone'));
      await expect(open()).rejects.toThrow('gone');
    });
  });
}
