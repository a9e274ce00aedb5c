import type { Usage } from '../../app/ports/language-model.js';
import type { ServerMessage } from './server-message.js';

type LiveUsage = NonNullable<ServerMessage['usageMetadata']>;
type Details = LiveUsage['promptTokensDetails'];

/**
 * The counts hold more tokens than their details. What is not told apart is text where it goes in
 * and sound where it comes out; thoughts are text that comes out.
 */
export function usageIn(usage: LiveUsage): Usage {
  const thoughts = usage.thoughtsTokenCount ?? 0;
  const promptTokens = (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0);
  const said = usage.responseTokenCount ?? 0;
  const cachedAudioIn = heard(usage.cacheTokensDetails);
  const cachedTextIn = Math.max(0, (usage.cachedContentTokenCount ?? 0) - cachedAudioIn);
  const audioIn = heard(usage.promptTokensDetails);
  const written = tokensOf(usage.responseTokensDetails, 'TEXT');
  const speech = {
    ...{ cachedTextIn, cachedAudioIn },
    textIn: Math.max(0, promptTokens - audioIn - cachedTextIn),
    audioIn: Math.max(0, audioIn - cachedAudioIn),
    textOut: written + thoughts,
    audioOut: Math.max(0, said - written),
  };
  return { promptTokens, completionTokens: said + thoughts, speech };
}

function heard(details: Details): number {
  return tokensOf(details, 'AUDIO');
}

function tokensOf(details: Details, wanted: 'AUDIO' | 'TEXT'): number {
  return (details ?? [])
    .filter(({ modality }) => modality === wanted)
    .reduce((sum, { tokenCount }) => sum + (tokenCount ?? 0), 0);
}
