import type { Usage } from '../../app/ports/language-model.js';
import type { TokenUsage } from './server-event.js';

type Into = NonNullable<TokenUsage>['input_token_details'];

/**
 * Cached tokens are part of those that went in. What is not told apart is text where it goes in and
 * sound where it comes out.
 */
export function usageIn(usage: TokenUsage): Usage | null {
  if (usage?.input_tokens === undefined) return null;
  const { input_tokens: promptTokens, output_tokens: completionTokens = 0 } = usage;
  const { input_token_details: into, output_token_details: out } = usage;
  const { cachedTextIn, cachedAudioIn } = cachedOf(into);
  const audioIn = into?.audio_tokens ?? 0;
  const textOut = out?.text_tokens ?? 0;
  const speech = {
    ...{ cachedTextIn, cachedAudioIn, textOut },
    textIn: Math.max(0, promptTokens - audioIn - cachedTextIn),
    audioIn: Math.max(0, audioIn - cachedAudioIn),
    audioOut: Math.max(0, completionTokens - textOut),
  };
  return { promptTokens, completionTokens, speech };
}

function cachedOf(into: Into) {
  const { cached_tokens: all = 0, cached_tokens_details: details } = into ?? {};
  const { audio_tokens: cachedAudioIn = 0, text_tokens } = details ?? {};
  return { cachedAudioIn, cachedTextIn: text_tokens ?? Math.max(0, all - cachedAudioIn) };
}
