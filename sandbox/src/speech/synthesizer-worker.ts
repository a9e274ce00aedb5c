import { parentPort } from 'node:worker_threads';
import eSpeakNg from 'espeak-ng';
import type { SynthesisOrder } from './synthesizer.js';

const WAV_HEADER_BYTES = 44;
const SPEED_WORDS_A_MINUTE = '170';
/** Within a word nothing is silent for so long; between two there are 400 ms. */
const BREAK_MS = 400;
const MIN_SILENT_SAMPLES = 5500;

parentPort?.on('message', (order: SynthesisOrder) => {
  void answer(order);
});

async function answer({ words, voice, port, signal }: SynthesisOrder): Promise<void> {
  try {
    port.postMessage({ sounds: await soundsOf(words, voice) });
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
}

/** One run for all words, as starting the program costs more than speaking does. */
async function soundsOf(words: readonly string[], voice: string): Promise<readonly Int16Array[]> {
  const marked = words.map(escaped).join(` <break time="${BREAK_MS}ms"/> `);
  const sounds = cutAtSilence(await run(marked, voice));
  if (sounds.length === words.length) return sounds;
  const singly: Int16Array[] = [];
  for (const word of words) singly.push(trimmed(await run(escaped(word), voice)));
  return singly;
}

async function run(text: string, voice: string): Promise<Int16Array> {
  const quiet = (): void => undefined;
  const program = await eSpeakNg({
    arguments: ['-w', 'out.wav', '-m', '-v', voice, '-s', SPEED_WORDS_A_MINUTE, text],
    print: quiet,
    printErr: quiet,
  });
  const wav = program.FS.readFile('out.wav').slice(WAV_HEADER_BYTES);
  return new Int16Array(wav.buffer, 0, wav.byteLength >> 1);
}

function cutAtSilence(samples: Int16Array): readonly Int16Array[] {
  const sounds: Int16Array[] = [];
  let first = -1;
  let silent = 0;
  samples.forEach((sample, at) => {
    silent = sample === 0 ? silent + 1 : 0;
    if (sample !== 0 && first < 0) first = at;
    if (first >= 0 && silent === MIN_SILENT_SAMPLES) {
      sounds.push(trimmed(samples.subarray(first, at)));
      first = -1;
    }
  });
  if (first >= 0) sounds.push(trimmed(samples.subarray(first)));
  return sounds;
}

function trimmed(samples: Int16Array): Int16Array {
  const first = samples.findIndex((sample) => sample !== 0);
  const last = samples.findLastIndex((sample) => sample !== 0);
  return first < 0 ? new Int16Array(0) : samples.slice(first, last + 1);
}

function escaped(word: string): string {
  return word.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
