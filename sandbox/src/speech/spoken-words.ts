export interface WrittenWord {
  /** With its punctuation. */
  readonly written: string;
  /** What is pronounced; empty for punctuation alone. */
  readonly spoken: string;
  readonly pauseMs: number;
}

/** All shorter than the silence that looks like the end of a turn (240 ms). */
const PAUSES_MS = { word: 30, comma: 100, sentence: 180 } as const;
const MAX_WORD_CHARS = 60;

const voices: readonly (readonly [script: RegExp, voice: string])[] = [
  [/\p{Script=Devanagari}/u, 'hi'],
  [/\p{Script=Bengali}/u, 'bn'],
  [/\p{Script=Tamil}/u, 'ta'],
  [/\p{Script=Telugu}/u, 'te'],
  [/\p{Script=Kannada}/u, 'kn'],
  [/\p{Script=Malayalam}/u, 'ml'],
  [/\p{Script=Gujarati}/u, 'gu'],
  [/\p{Script=Gurmukhi}/u, 'pa'],
  [/\p{Script=Arabic}/u, 'ar'],
  [/\p{Script=Cyrillic}/u, 'ru'],
  [/\p{Script=Greek}/u, 'el'],
];
const latinVoices: Readonly<Record<string, string>> = {
  de: 'de',
  es: 'es',
  fr: 'fr-fr',
  it: 'it',
  nl: 'nl',
  pl: 'pl',
  pt: 'pt',
  sv: 'sv',
  tr: 'tr',
};

export function wordsOf(text: string): readonly WrittenWord[] {
  return text
    .split(/\s+/u)
    .filter((written) => written !== '')
    .map((written) => ({ written, spoken: spokenOf(written), pauseMs: pauseAfter(written) }));
}

export function voiceFor(word: string, language: string | undefined): string {
  const byScript = voices.find(([script]) => script.test(word))?.[1];
  return byScript ?? latinVoices[(language ?? '').slice(0, 2).toLowerCase()] ?? 'en-us';
}

function spokenOf(written: string): string {
  const bare = written.replaceAll(/^[^\p{L}\p{N}\p{Sc}]+|[^\p{L}\p{M}\p{N}\p{Sc}%]+$/gu, '');
  const word = bare.slice(0, MAX_WORD_CHARS);
  // "Hello" sounds like "hello", but "US" not like "us".
  return /^\p{Lu}\p{Ll}+$/u.test(word) ? word.toLowerCase() : word;
}

function pauseAfter(written: string): number {
  if (/[.!?…।。]["')]*$/u.test(written)) return PAUSES_MS.sentence;
  return /[,;:–—-]$/u.test(written) ? PAUSES_MS.comma : PAUSES_MS.word;
}
