import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GeminiLive } from '../../src/adapters/gemini-live/gemini-live.js';
import type { ConversationOrder } from '../../src/app/ports/speech-to-speech.js';
import {
  speechToSpeechContract,
  type SpeechVendor,
} from '../contracts/speech-to-speech.contract.js';
import { ScriptedSocket } from '../support/scripted-socket.js';

const usageMetadata = { promptTokenCount: 30, responseTokenCount: 12, totalTokenCount: 42 };

interface FunctionResponses {
  readonly functionResponses: readonly { id: string; response: { output: string } }[];
}
interface Turns {
  readonly turnComplete: boolean;
  readonly turns: readonly { readonly parts: readonly { readonly text: string }[] }[];
}

/** Speaks BidiGenerateContent. */
class GeminiVendor implements SpeechVendor {
  readonly socket: ScriptedSocket;

  constructor(socket: ScriptedSocket) {
    this.socket = socket;
    socket.onTold = (message, say) => {
      if ('setup' in message) say({ setupComplete: {} });
    };
  }

  callerSays(text: string): void {
    for (const word of text.split(/(?<= )/)) this.#content({ inputTranscription: { text: word } });
  }

  replies({ text, sound }: { readonly text: string; readonly sound: Uint8Array }): void {
    this.beginsReply(sound);
    this.#content({ outputTranscription: { text } });
    this.#content({ generationComplete: true });
    this.socket.say({ serverContent: { turnComplete: true }, usageMetadata });
  }

  beginsReply(sound: Uint8Array): void {
    const data = Buffer.from(sound).toString('base64');
    const inlineData = { mimeType: 'audio/pcm;rate=24000', data };
    this.#content({ modelTurn: { role: 'model', parts: [{ inlineData }] } });
  }

  interrupts(): void {
    this.#content({ interrupted: true });
    this.#content({ turnComplete: true });
  }

  callsTool({ id, name, args }: Parameters<SpeechVendor['callsTool']>[0]): void {
    this.socket.say({ toolCall: { functionCalls: [{ id, name, args }] } });
  }

  drops(): void {
    this.socket.drop();
  }

  refuses(status: number | undefined): void {
    this.socket.refuseWith = status;
  }

  heardBytes(): Uint8Array {
    const pieces = this.socket.told.flatMap(({ realtimeInput }) =>
      realtimeInput ? [(realtimeInput as { audio: { data: string } }).audio.data] : [],
    );
    return new Uint8Array(Buffer.concat(pieces.map((text) => Buffer.from(text, 'base64'))));
  }

  toolResults() {
    const responses = this.socket.told.flatMap(({ toolResponse }) =>
      toolResponse ? (toolResponse as FunctionResponses).functionResponses : [],
    );
    return responses.map(({ id, response }) => ({ id, text: response.output }));
  }

  prompts(): readonly string[] {
    return this.#told(true);
  }

  remembered(): readonly string[] {
    return this.#told(false);
  }

  #told(isPrompt: boolean): readonly string[] {
    const turns = this.socket.told
      .flatMap(({ clientContent }) => (clientContent ? [clientContent as Turns] : []))
      .filter(({ turnComplete }) => turnComplete === isPrompt)
      .flatMap((content) => content.turns);
    return turns.flatMap(({ parts }) => parts.map(({ text }) => text));
  }

  closedCount(): number {
    return this.socket.closed;
  }

  #content(content: object): void {
    this.socket.say({ serverContent: content });
  }
}

function orderFor(socket: ScriptedSocket): ConversationOrder {
  return {
    access: { provider: 'gemini', baseUrl: socket.url, apiKey: 'g-1', owner: 't1' },
    model: 'gemini-live-2.5-flash',
    voice: 'Puck',
    instructions: 'Be kind.',
    language: 'en-US',
    temperature: 0.7,
    tools: [],
    history: [],
    hears: { encoding: 'pcm16le', rateHz: 16_000 },
    speaks: { encoding: 'pcm16le', rateHz: 24_000 },
  };
}

speechToSpeechContract('Gemini Live', async () => {
  const socket = await ScriptedSocket.start();
  return {
    adapter: new GeminiLive(),
    vendor: new GeminiVendor(socket),
    order: orderFor(socket),
    close: () => socket.stop(),
  };
});

describe('Gemini Live over its socket', () => {
  let socket: ScriptedSocket;
  const never = new AbortController().signal;

  beforeAll(async () => {
    socket = await ScriptedSocket.start();
  });
  afterAll(() => socket.stop());

  it('sets up a session that speaks, writes along and knows the tools', async () => {
    const vendor = new GeminiVendor(socket);
    const tools = [{ name: 'find', description: 'Finds', parameters: { type: 'object' } }];
    const history = [{ role: 'assistant' as const, text: 'Hello.' }];
    const order = { ...orderFor(socket), tools, history };
    const conversation = await new GeminiLive().open(order, never);
    expect(socket.path).not.toContain('g-1');
    expect(socket.headers['x-goog-api-key']).toBe('g-1');
    expect(socket.told[0]).toMatchObject({
      setup: {
        model: 'models/gemini-live-2.5-flash',
        generationConfig: { responseModalities: ['AUDIO'], temperature: 0.7 },
        systemInstruction: { parts: [{ text: 'Be kind.' }] },
        tools: [{ functionDeclarations: [{ name: 'find' }] }],
        inputAudioTranscription: {},
        outputAudioTranscription: {},
      },
    });
    expect(vendor.socket.opened).toBe(1);
    conversation.close();
  });

  it('tells that the vendor itself ended a reply because the caller spoke', async () => {
    const vendor = new GeminiVendor(socket);
    const conversation = await new GeminiLive().open(orderFor(socket), never);
    vendor.beginsReply(Uint8Array.of(1, 2));
    vendor.interrupts();
    const seen: string[] = [];
    for await (const event of conversation.events) {
      seen.push(event.type === 'reply-ended' ? event.reason : event.type);
      if (event.type === 'reply-ended') break;
    }
    expect(seen).toEqual(['reply-started', 'audio', 'caller-started', 'interrupted']);
  });

  it('O17 takes a session that is closed at once for a refusal', async () => {
    socket.onTold = () => undefined;
    socket.onOpen = (_say, open) => open.close(1007, 'API key not valid.');
    await expect(new GeminiLive().open(orderFor(socket), never)).rejects.toMatchObject({
      code: 'provider.refused',
    });
  });
});
