import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { OpenAiRealtime } from '../../src/adapters/openai-realtime/openai-realtime.js';
import { phoneFormat } from '../../src/app/ports/audio-format.js';
import type { ConversationOrder } from '../../src/app/ports/speech-to-speech.js';
import {
  sound,
  speechToSpeechContract,
  type SpeechVendor,
} from '../contracts/speech-to-speech.contract.js';
import { ScriptedSocket, type Told } from '../support/scripted-socket.js';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const usage = { input_tokens: 30, output_tokens: 12, total_tokens: 42 };

/** Speaks as the GA reference says. */
class RealtimeVendor implements SpeechVendor {
  readonly socket: ScriptedSocket;
  #count = 0;
  #open: string | undefined;

  constructor(socket: ScriptedSocket) {
    this.socket = socket;
    socket.onOpen = (say) => say({ type: 'session.created', event_id: 'e0', session: {} });
    socket.onTold = (message, say) => {
      if (message['type'] === 'session.update') say({ type: 'session.updated', session: {} });
    };
  }

  callerSays(text: string): void {
    const item_id = `item_u${this.#count}`;
    this.#say({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id });
    this.#say({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 900, item_id });
    this.#say({ type: 'input_audio_buffer.committed', item_id });
    const type = 'conversation.item.input_audio_transcription.completed';
    this.#say({ type, item_id, content_index: 0, transcript: text });
  }

  replies({ text, sound }: { readonly text: string; readonly sound: Uint8Array }): void {
    this.beginsReply(sound);
    const response_id = this.#open;
    const type = 'response.output_audio_transcript.delta';
    this.#say({ type, response_id, item_id: `item_${response_id}`, delta: text });
    this.#say({ type: 'response.output_audio.done', response_id });
    this.#done('completed');
  }

  beginsReply(sound: Uint8Array): void {
    const id = this.#begin();
    const where = { response_id: id, item_id: `item_${id}`, output_index: 0, content_index: 0 };
    this.#say({ type: 'response.output_audio.delta', ...where, delta: base64(sound) });
  }

  interrupts(): void {
    this.#say({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: 'i' });
    this.#done('cancelled');
  }

  callsTool({ id, name, args }: Parameters<SpeechVendor['callsTool']>[0]): void {
    const response_id = this.#begin();
    const call = { type: 'function_call', call_id: id, name, arguments: JSON.stringify(args) };
    this.#say({ type: 'response.output_item.done', response_id, output_index: 0, item: call });
    this.#done('completed');
  }

  drops(): void {
    this.socket.drop();
  }

  refuses(status: number | undefined): void {
    this.socket.refuseWith = status;
  }

  heardBytes(): Uint8Array {
    const pieces = this.#told('input_audio_buffer.append').map(({ audio }) => String(audio));
    return new Uint8Array(Buffer.concat(pieces.map((text) => Buffer.from(text, 'base64'))));
  }

  toolResults() {
    return this.#told('conversation.item.create')
      .map(({ item }) => item as Record<string, string>)
      .filter((item) => item['type'] === 'function_call_output')
      .map((item) => ({ id: item['call_id'] ?? '', text: item['output'] ?? '' }));
  }

  prompts(): readonly string[] {
    const orders = this.#told('response.create').map(({ response }) => response);
    return orders.map((order) => {
      const { instructions = '' } = (order as { instructions?: string } | undefined) ?? {};
      // Without the rules of the session, which those of a response would displace.
      return instructions.replace('Be kind.\n\n', '');
    });
  }

  remembered(): readonly string[] {
    return this.#told('conversation.item.create')
      .map(({ item }) => item as { role?: string; content?: { text: string }[] })
      .filter(({ role }) => role === 'assistant')
      .flatMap(({ content = [] }) => content.map(({ text }) => text));
  }

  closedCount(): number {
    return this.socket.closed;
  }

  #begin(): string {
    this.#count += 1;
    const id = `resp_${this.#count}`;
    this.#open = id;
    this.#say({ type: 'response.created', response: { id, status: 'in_progress' } });
    return id;
  }

  #done(status: string): void {
    this.#say({ type: 'response.done', response: { id: this.#open, status, usage } });
    this.#open = undefined;
  }

  #say(event: object): void {
    this.socket.say({ event_id: 'e', ...event });
  }

  #told(type: string): Told[] {
    return this.socket.told.filter((message) => message['type'] === type);
  }
}

function orderFor(socket: ScriptedSocket): ConversationOrder {
  return {
    access: { provider: 'openai', baseUrl: socket.url, apiKey: 'sk-1', owner: 't1' },
    model: 'gpt-realtime',
    voice: 'marin',
    instructions: 'Be kind.',
    language: 'en-US',
    temperature: 0.7,
    tools: [],
    history: [],
    hears: phoneFormat,
    speaks: phoneFormat,
  };
}

speechToSpeechContract('OpenAI Realtime', async () => {
  const socket = await ScriptedSocket.start();
  return {
    adapter: new OpenAiRealtime(),
    vendor: new RealtimeVendor(socket),
    order: orderFor(socket),
    close: () => socket.stop(),
  };
});

describe('OpenAI Realtime over its socket', () => {
  let socket: ScriptedSocket;
  let vendor: RealtimeVendor;
  const never = new AbortController().signal;
  const told = (type: string) => socket.told.filter((message) => message['type'] === type);

  beforeAll(async () => {
    socket = await ScriptedSocket.start();
  });
  afterAll(() => socket.stop());
  beforeEach(() => {
    socket.told.length = 0;
    vendor = new RealtimeVendor(socket);
  });

  it('sets up a GA session with telephone sound both ways', async () => {
    const history = [
      { role: 'user' as const, text: 'Hi' },
      { role: 'assistant' as const, text: 'Hello.' },
    ];
    const conversation = await new OpenAiRealtime().open({ ...orderFor(socket), history }, never);
    expect(socket.path).toBe('/v1/realtime?model=gpt-realtime');
    expect(socket.headers['authorization']).toBe('Bearer sk-1');
    expect(told('session.update')[0]).toMatchObject({
      session: {
        type: 'realtime',
        instructions: 'Be kind.',
        audio: {
          input: { format: { type: 'audio/pcmu' }, transcription: { language: 'en' } },
          output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
        },
      },
    });
    await eventually(() => expect(told('conversation.item.create')).toHaveLength(2));
    expect(told('conversation.item.create').map(({ item }) => item)).toMatchObject([
      { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'Hello.' }] },
    ]);
    conversation.close();
  });

  it('truncates a reply at what was heard, never beyond its end', async () => {
    const conversation = await new OpenAiRealtime().open(orderFor(socket), never);
    const events = conversation.events[Symbol.asyncIterator]();
    const nextOf = async (type: string) => {
      for (;;) {
        const { value } = await events.next();
        if (value?.type === type) return value as { replyId: string };
      }
    };
    vendor.beginsReply(sound(1600));
    const { replyId } = await nextOf('audio');
    conversation.interrupt(replyId, 120.7);
    await eventually(() => expect(told('conversation.item.truncate')).toHaveLength(1));
    expect(told('response.cancel')).toMatchObject([{ response_id: replyId }]);
    expect(told('conversation.item.truncate')[0]).toMatchObject({
      item_id: `item_${replyId}`,
      content_index: 0,
      audio_end_ms: 120,
    });
    conversation.interrupt(replyId, 5000);
    await eventually(() => expect(told('conversation.item.truncate')).toHaveLength(2));
    expect(told('conversation.item.truncate')[1]).toMatchObject({ audio_end_ms: 200 });
    conversation.close();
  });

  it('asks for an answer once, after the last of several tools came back', async () => {
    const conversation = await new OpenAiRealtime().open(orderFor(socket), never);
    const events = conversation.events[Symbol.asyncIterator]();
    for (const id of ['call_1', 'call_2']) vendor.callsTool({ id, name: 'find_order', args: {} });
    for (let ended = 0; ended < 2;) {
      const { value } = await events.next();
      if (value?.type === 'reply-ended') ended += 1;
    }
    conversation.toolReturned('call_1', 'one');
    conversation.toolReturned('call_2', 'two');
    await eventually(() => expect(told('response.create')).toHaveLength(1));
    expect(vendor.toolResults()).toHaveLength(2);
    conversation.close();
  });

  it('waits with a prompt until the reply that is being made is over', async () => {
    const conversation = await new OpenAiRealtime().open(orderFor(socket), never);
    const events = conversation.events[Symbol.asyncIterator]();
    vendor.beginsReply(sound(160));
    await events.next();
    conversation.prompt('Are you there?');
    conversation.send(sound(160));
    await eventually(() => expect(told('input_audio_buffer.append')).toHaveLength(1));
    expect(told('response.create')).toHaveLength(0);
    vendor.interrupts();
    await eventually(() => expect(vendor.prompts()).toEqual(['Are you there?']));
    conversation.close();
  });

  it.each([
    ['rate_limit_exceeded', 'provider.rate-limited'],
    ['session_expired', 'provider.unavailable'],
  ])('O17 ends with %s as %s', async (code, expected) => {
    const conversation = await new OpenAiRealtime().open(orderFor(socket), never);
    socket.say({ type: 'error', error: { type: 'invalid_request_error', code, message: 'x' } });
    await expect(conversation.events[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: expected,
    });
  });

  it('goes on after an error that concerns one message only', async () => {
    const conversation = await new OpenAiRealtime().open(orderFor(socket), never);
    socket.say({ type: 'error', error: { code: 'response_cancel_not_active', message: 'x' } });
    socket.say({ type: 'something.new', field: 1 });
    socket.say({ type: 'input_audio_buffer.speech_started', item_id: 'i', audio_start_ms: 0 });
    expect(await conversation.events[Symbol.asyncIterator]().next()).toMatchObject({
      value: { type: 'caller-started' },
    });
    conversation.close();
  });
});
