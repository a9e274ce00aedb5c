import type { ChatMessage } from '../../app/ports/language-model.js';
import type { ConversationOrder } from '../../app/ports/speech-to-speech.js';

export function setupMessage(order: ConversationOrder): object {
  const { model, voice, language, temperature, instructions, tools } = order;
  const languageCode = language === 'multi' ? {} : { languageCode: language };
  return {
    setup: {
      model: model.startsWith('models/') ? model : `models/${model}`,
      generationConfig: {
        responseModalities: ['AUDIO'],
        temperature,
        speechConfig: {
          voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } },
          ...languageCode,
        },
      },
      systemInstruction: { parts: [{ text: instructions }] },
      ...(tools.length > 0 && {
        tools: [
          {
            functionDeclarations: tools.map(({ name, description, parameters }) => ({
              name,
              description,
              parametersJsonSchema: parameters,
            })),
          },
        ],
      }),
      inputAudioTranscription: {},
      outputAudioTranscription: {},
      // Without it a session ends after a quarter of an hour.
      contextWindowCompression: { slidingWindow: {} },
    },
  };
}

/** What was said before; tools are told as words, for their calls cannot be replayed. */
export function historyMessage(history: readonly ChatMessage[]): object | undefined {
  const turns = history
    .filter((message) => message.text !== '')
    .map((message) => ({
      role: message.role === 'assistant' ? 'model' : 'user',
      parts: [{ text: message.role === 'tool' ? `(Tool result) ${message.text}` : message.text }],
    }));
  return turns.length === 0 ? undefined : { clientContent: { turns, turnComplete: false } };
}

export function promptMessage(text: string): object {
  return { clientContent: { turns: [{ role: 'user', parts: [{ text }] }], turnComplete: true } };
}

export function toolResponse(id: string, name: string, text: string): object {
  return { toolResponse: { functionResponses: [{ id, name, response: { output: text } }] } };
}
