/** Pictures, flags, and what joins, colours or frames them. */
const emoji =
  /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\uFE0F|\u200D|\u20E3/gu;

const gone = '\0';

/** In this order: what a model writes for the eye, as it is meant for the ear. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/```[a-z]*\n?/gi, ''],
  [/!?\[([^\]]{0,300})\]\([^)\s]{0,500}\)/g, '$1'],
  [/`([^`]{1,300})`/g, '$1'],
  [/(\*\*\*|\*\*|__)(?=\S)([^*_]{1,500}?)(?<=\S)\1/g, '$2'],
  [/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]{1,500}?)(?<=\S)\*(?![\p{L}\p{N}*])/gu, '$1'],
  [/(?<![\p{L}\p{N}_])_(?=\S)([^_\n]{1,500}?)(?<=\S)_(?![\p{L}\p{N}_])/gu, '$1'],
  [/~~([^~]{1,500})~~/g, '$1'],
  [/^[ \t]{0,3}#{1,6}[ \t]+/gm, ''],
  [/^[ \t]{0,3}>[ \t]?/gm, ''],
  [/^[ \t]*[-*•+][ \t]+/gm, ''],
  [/^[ \t]*(?:[-*_][ \t]*){3,}$/gm, ''],
  [/[ \t]*\|[ \t]*/g, ', '],
  [/\*{2,}|_{2,}|`/g, ''],
  // What is left of a mark that was cut between two words.
  [/(?<![\p{L}\p{N}])\*(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}.,!?])\*(?![\p{L}\p{N}])/gu, ''],
];

/** Digits, # and * are emoji to Unicode, but not to a caller. */
function isEmoji(text: string): boolean {
  return !/[0-9#*©®™]/.test(text);
}

/** Without markdown and emoji. Works chunk by chunk: a mark that is cut in two is dropped. */
export function plainText(text: string): string {
  const words = rules.reduce((rest, [pattern, by]) => rest.replace(pattern, by), text);
  return words
    .replace(emoji, (found) => (isEmoji(found) ? gone : found))
    .replace(/ *\0+([.,!?;:])/g, '$1')
    .replaceAll(gone, '')
    .replace(/(\S) {2,}/g, '$1 ');
}
