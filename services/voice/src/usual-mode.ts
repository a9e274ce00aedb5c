import type { ConversationMode } from '@trunkline/contracts';
import type { VoiceSettings } from './config.js';

type Asked = Pick<
  VoiceSettings,
  'VOICE_RUNTIME_DEFAULT_MODE' | 'OPENAI_API_KEY' | 'GEMINI_API_KEY'
>;

/** Row O23: `realtime` is OpenAI's, unless the operator has a key with Gemini alone. */
export function usualModeOf(settings: Asked): ConversationMode {
  if (settings.VOICE_RUNTIME_DEFAULT_MODE === 'pipeline') return 'cascaded';
  const hasOpenAi = settings.OPENAI_API_KEY.reveal() !== '';
  const hasGemini = settings.GEMINI_API_KEY.reveal() !== '';
  return hasGemini && !hasOpenAi ? 'gemini-live' : 'openai-realtime';
}
