import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import eSpeakNg, { type Program } from 'espeak-ng';
import type { SynthesisOrder } from './synthesizer.js';

// Run from source, this file stands alone: no import of another one but of types.

const WAV_HEADER_BYTES = 44;
const SPEED_WORDS_A_MINUTE = '170';
const OUTPUT = 'out.wav';

/** What the program lets out of itself. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  malloc(sizeBytes: number): number;
  stackSave(): number;
  stackRestore(stack: number): void;
  __main_argc_argv(count: number, values: number): number;
}

/**
 * eSpeak NG, begun anew for every word. Its voice wavers from word to word, so only a program that
 * has not spoken yet says a word as any other process does; and putting back its memory is a
 * hundred times quicker than loading it again.
 */
class ESpeak {
  readonly #program: Program;
  readonly #exports: Exports;
  readonly #fresh: Uint8Array;
  readonly #stack: number;

  private constructor(program: Program, exports: Exports) {
    this.#program = program;
    this.#exports = exports;
    this.#fresh = new Uint8Array(exports.memory.buffer.slice(0));
    this.#stack = exports.stackSave();
  }

  static async load(): Promise<ESpeak> {
    const path = fileURLToPath(import.meta.resolve('espeak-ng')).replace(/\.js$/, '.wasm');
    const module = await WebAssembly.compile(await readFile(path));
    const quiet = (): void => undefined;
    let exports: Exports | undefined;
    const program = await eSpeakNg({
      noInitialRun: true,
      print: quiet,
      printErr: quiet,
      instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(module, imports);
        exports = instance.exports as unknown as Exports;
        done(instance);
        return instance.exports;
      },
    });
    if (!exports) throw new Error('eSpeak NG did not start');
    return new ESpeak(program, exports);
  }

  /** At 22,050 Hz, without the silence around it. */
  sound(word: string, voice: string): Int16Array {
    this.#reset();
    this.#run(['espeak-ng', '-w', OUTPUT, '-v', voice, '-s', SPEED_WORDS_A_MINUTE, '--', word]);
    const wav = this.#program.FS.readFile(OUTPUT).slice(WAV_HEADER_BYTES);
    this.#program.FS.unlink(OUTPUT);
    return trimmed(new Int16Array(wav.buffer, 0, wav.byteLength >> 1));
  }

  #reset(): void {
    const memory = new Uint8Array(this.#exports.memory.buffer);
    memory.set(this.#fresh);
    memory.fill(0, this.#fresh.length);
    this.#exports.stackRestore(this.#stack);
  }

  #run(values: readonly string[]): void {
    const { malloc, memory } = this.#exports;
    const pointers = values.map((value) => {
      const bytes = Buffer.from(`${value}\0`);
      const at = malloc(bytes.length);
      new Uint8Array(memory.buffer).set(bytes, at);
      return at;
    });
    const list = malloc((values.length + 1) * 4);
    const view = new DataView(memory.buffer);
    for (const [at, pointer] of [...pointers, 0].entries()) {
      view.setUint32(list + at * 4, pointer, true);
    }
    try {
      this.#exports.__main_argc_argv(values.length, list);
    } catch (error) {
      // That is how the program exits.
      if (!isExit(error)) throw error;
    }
  }
}

function isExit(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'name') === 'ExitStatus';
}

function trimmed(samples: Int16Array): Int16Array {
  const first = samples.findIndex((sample) => sample !== 0);
  const last = samples.findLastIndex((sample) => sample !== 0);
  return first < 0 ? new Int16Array(0) : samples.slice(first, last + 1);
}

const espeak = ESpeak.load();

parentPort?.on('message', (order: SynthesisOrder | 'stop') => {
  if (order === 'stop') parentPort?.close();
  else void answer(order);
});

async function answer({ words, voice, port, signal }: SynthesisOrder): Promise<void> {
  try {
    const loaded = await espeak;
    port.postMessage({ sounds: words.map((word) => loaded.sound(word, voice)) });
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
}
