import type { AudioFormat } from '../../app/ports/audio-format.js';
import type { ChatMessage } from '../../app/ports/language-model.js';
import type { ConversationOrder } from '../../app/ports/speech-to-speech.js';

/** Telephone sound goes through as it is; everything else they take only at 24 kHz. */
export function wireFormat(format: AudioFormat): object | undefined {
  if (format.encoding === 'mulaw' && format.rateHz === 8000) return { type: 'audio/pcmu' };
  if (format.encoding === 'alaw' && format.rateHz === 8000) return { type: 'audio/pcma' };
  if (format.encoding === 'pcm16le' && format.rateHz === 24_000) {
    return { type: 'audio/pcm', rate: 24_000 };
  }
  return undefined;
}

export const TRANSCRIBER = 'gpt-4o-mini-transcribe';

/** The GA session has no temperature any more, so that of the order is not sent. */
export function sessionUpdate(order: ConversationOrder): object {
  const { model, instructions, voice, language, tools, hears, speaks } = order;
  const base = language.split('-')[0] ?? language;
  return {
    type: 'session.update',
    session: {
      type: 'realtime',
      model,
      instructions,
      output_modalities: ['audio'],
      audio: {
        input: {
          format: wireFormat(hears),
          transcription: { model: TRANSCRIBER, ...(base !== 'multi' && { language: base }) },
          turn_detection: { type: 'server_vad', create_response: true, interrupt_response: true },
        },
        output: { format: wireFormat(speaks), voice },
      },
      tools: tools.map(({ name, description, parameters }) => ({
        type: 'function',
        name,
        description,
        parameters,
      })),
      tool_choice: 'auto',
    },
  };
}

/** A session that is opened again is told what was said before. */
export function historyItems(history: readonly ChatMessage[]): object[] {
  return history.flatMap(itemsOf).map((item) => ({ type: 'conversation.item.create', item }));
}

function itemsOf(message: ChatMessage): object[] {
  if (message.role === 'tool') return [toolOutput(message.callId, message.text)];
  const type = message.role === 'assistant' ? 'output_text' : 'input_text';
  const said =
    message.text === ''
      ? []
      : [{ type: 'message', role: message.role, content: [{ type, text: message.text }] }];
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  const asked = calls.map(({ id, name, argumentsText }) => ({
    type: 'function_call',
    call_id: id,
    name,
    arguments: argumentsText,
  }));
  return [...said, ...asked];
}

export function toolOutput(callId: string, text: string): object {
  return { type: 'function_call_output', call_id: callId, output: text };
}
