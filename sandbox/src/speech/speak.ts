import { Lru } from './lru.js';
import { resample } from './resample.js';
import { voiceFor, wordsOf } from './spoken-words.js';
import { SOURCE_RATE_HZ, Synthesizer } from './synthesizer.js';

export interface SpokenWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Speech {
  readonly text: string;
  readonly rateHz: number;
  readonly samples: Int16Array;
  readonly words: readonly SpokenWord[];
}

export interface SpeakOptions {
  readonly rateHz: number;
  /** Left out: by the script of the word. */
  readonly language?: string;
}

const MS_PER_S = 1000;
const MAX_WORDS = 3000;
const MAX_TEXTS = 600;

const synthesizer = new Synthesizer();
const sources = new Lru<Int16Array>(MAX_WORDS);
const resampled = new Lru<Int16Array>(MAX_WORDS);
const speeches = new Lru<Speech>(MAX_TEXTS);

/** The sound of a text, the same every time. Blocks for words never heard before. */
export function speak(text: string, options: SpeakOptions): Int16Array {
  return speech(text, options).samples;
}

/** With the time of each word. */
export function speech(text: string, options: SpeakOptions): Speech {
  const key = `${options.rateHz} ${options.language ?? ''} ${text}`;
  const known = speeches.get(key);
  if (known) return known;
  for (const [voice, words] of missing(text, options.language)) {
    keep(voice, words, synthesizer.sounds(words, voice));
  }
  const made = assembled(text, options);
  speeches.set(key, made);
  return made;
}

/** Learns the words of texts beforehand, without blocking. */
export async function prepareSpeech(
  text: string | readonly string[],
  language?: string,
): Promise<void> {
  for (const [voice, words] of missing([text].flat().join('\n'), language)) {
    keep(voice, words, await synthesizer.soundsLater(words, voice));
  }
}

function keep(voice: string, words: readonly string[], sounds: readonly Int16Array[]): void {
  words.forEach((word, at) => sources.set(`${voice} ${word}`, sounds[at] ?? new Int16Array(0)));
}

function missing(text: string, language: string | undefined): Map<string, readonly string[]> {
  const byVoice = new Map<string, readonly string[]>();
  for (const { spoken } of wordsOf(text)) {
    const voice = voiceFor(spoken, language);
    const words = byVoice.get(voice) ?? [];
    if (spoken === '' || words.includes(spoken) || sources.get(`${voice} ${spoken}`)) continue;
    byVoice.set(voice, [...words, spoken]);
  }
  return byVoice;
}

/** Words begin at whole milliseconds, so that a text has the same rhythm at every rate. */
function assembled(text: string, { rateHz, language }: SpeakOptions): Speech {
  const placed: { readonly sound: Int16Array; readonly startMs: number }[] = [];
  const words: SpokenWord[] = [];
  let atMs = 0;
  for (const { written, spoken, pauseMs } of wordsOf(text)) {
    const { sound, durationMs } = soundOf(spoken, { rateHz, ...(language && { language }) });
    const endMs = atMs + durationMs;
    placed.push({ sound, startMs: atMs });
    words.push({ text: written, startMs: atMs, endMs });
    atMs = endMs + pauseMs;
  }
  const lengthMs = words.at(-1)?.endMs ?? 0;
  const samples = new Int16Array(Math.ceil((lengthMs * rateHz) / MS_PER_S) + 1);
  for (const { sound, startMs } of placed) {
    samples.set(sound, Math.round((startMs * rateHz) / MS_PER_S));
  }
  return { text, rateHz, samples, words };
}

function soundOf(
  word: string,
  { rateHz, language }: SpeakOptions,
): { readonly sound: Int16Array; readonly durationMs: number } {
  const name = `${voiceFor(word, language)} ${word}`;
  const source = sources.get(name) ?? new Int16Array(0);
  const durationMs = Math.ceil((source.length * MS_PER_S) / SOURCE_RATE_HZ);
  const known = resampled.get(`${rateHz} ${name}`);
  if (known) return { sound: known, durationMs };
  const whole = resample(source, SOURCE_RATE_HZ, rateHz);
  const sound = whole.subarray(0, Math.floor((durationMs * rateHz) / MS_PER_S));
  resampled.set(`${rateHz} ${name}`, sound);
  return { sound, durationMs };
}
