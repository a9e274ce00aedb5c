import type { AudioFormat } from '../../app/ports/audio-format.js';
import {
  SpeechToSpeech,
  type Conversation,
  type ConversationOrder,
} from '../../app/ports/speech-to-speech.js';
import { historyItems, sessionUpdate, wireFormat } from './client-events.js';
import { RealtimeConversation } from './realtime-conversation.js';

/** OpenAI's Realtime API in its GA shape. Why not the SDK's class: ADR 0011. */
export class OpenAiRealtime extends SpeechToSpeech {
  readonly provider = 'openai-realtime';

  override hears(format: AudioFormat): boolean {
    return wireFormat(format) !== undefined;
  }

  override speaks(format: AudioFormat): boolean {
    return wireFormat(format) !== undefined;
  }

  override async open(order: ConversationOrder, signal: AbortSignal): Promise<Conversation> {
    const { access, model, history } = order;
    const conversation = new RealtimeConversation(order);
    const { link } = conversation;
    const isVersioned = /\/v\d+$/.test(access.baseUrl.replace(/\/+$/, ''));
    const target = {
      access,
      path: isVersioned ? '/realtime' : '/v1/realtime',
      query: new URLSearchParams({ model }),
      headers: { authorization: `Bearer ${access.apiKey}` },
      signal,
    };
    await link.open(target, async () => {
      await link.until('created');
      link.send(sessionUpdate(order));
      for (const item of historyItems(history)) link.send(item);
      await link.until('configured');
    });
    return conversation;
  }
}
