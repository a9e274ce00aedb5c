const piece = /\s?[\p{L}\p{M}]{1,6}|\s?\p{Nd}{1,3}|\s?[^\s\p{L}\p{M}\p{Nd}]{1,4}|\s+/gu;

/**
 * Pieces as a byte-pair tokeniser would stream them: the space belongs to the word behind it,
 * long words come in parts. Joined they are the text again.
 */
export function tokensOf(text: string): readonly string[] {
  return text.match(piece) ?? [];
}

export const tokenCount = (text: string): number => tokensOf(text).length;
