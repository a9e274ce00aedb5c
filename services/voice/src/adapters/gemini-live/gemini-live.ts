import type { AudioFormat } from '../../app/ports/audio-format.js';
import {
  SpeechToSpeech,
  type Conversation,
  type ConversationOrder,
} from '../../app/ports/speech-to-speech.js';
import { historyMessage, setupMessage } from './client-messages.js';
import { LiveConversation } from './live-conversation.js';

const path = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';

/** Gemini Live. It hears 16 kHz and speaks 24 kHz, so the line converts. */
export class GeminiLive extends SpeechToSpeech {
  readonly provider = 'gemini-live';

  override hears({ encoding, rateHz }: AudioFormat): boolean {
    return encoding === 'pcm16le' && rateHz === 16_000;
  }

  override speaks({ encoding, rateHz }: AudioFormat): boolean {
    return encoding === 'pcm16le' && rateHz === 24_000;
  }

  override async open(order: ConversationOrder, signal: AbortSignal): Promise<Conversation> {
    const { access, history } = order;
    const conversation = new LiveConversation(order);
    const { link } = conversation;
    // In a header, not in the address: addresses end up in logs.
    const headers = { 'x-goog-api-key': access.apiKey };
    await link.open({ access, path, headers, signal }, async () => {
      link.send(setupMessage(order));
      await link.until('setup');
      const before = historyMessage(history);
      if (before) link.send(before);
    });
    return conversation;
  }
}
