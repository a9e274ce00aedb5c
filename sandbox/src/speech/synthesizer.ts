import { once } from 'node:events';
import {
  MessageChannel,
  receiveMessageOnPort,
  Worker,
  type MessagePort,
} from 'node:worker_threads';

/** What eSpeak NG makes. */
export const SOURCE_RATE_HZ = 22_050;
const DEADLINE_MS = 60_000;
/** Its memory is given back when nobody has spoken for so long. */
const IDLE_MS = 20_000;

export interface SynthesisOrder {
  readonly words: readonly string[];
  readonly voice: string;
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

type Answer = { readonly sounds: readonly Int16Array[] } | { readonly error: string };

/** eSpeak NG in a thread of its own, started with the first word. */
export class Synthesizer {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** Blocks this thread: for words that nobody announced. */
  sounds(words: readonly string[], voice: string): readonly Int16Array[] {
    const { port, signal } = this.#order(words, voice);
    try {
      Atomics.wait(signal, 0, 0, DEADLINE_MS);
      const received = receiveMessageOnPort(port);
      return soundsIn(received?.message as Answer | undefined);
    } finally {
      port.close();
    }
  }

  async soundsLater(words: readonly string[], voice: string): Promise<readonly Int16Array[]> {
    const { port } = this.#order(words, voice);
    try {
      const [answer] = await once(port, 'message', { signal: AbortSignal.timeout(DEADLINE_MS) });
      return soundsIn(answer as Answer);
    } finally {
      port.close();
    }
  }

  #order(
    words: readonly string[],
    voice: string,
  ): { readonly port: MessagePort; readonly signal: Int32Array } {
    const { port1, port2 } = new MessageChannel();
    const signal = new Int32Array(new SharedArrayBuffer(4));
    const order: SynthesisOrder = { words, voice, port: port2, signal };
    this.#started().postMessage(order, [port2]);
    return { port: port1, signal };
  }

  #started(): Worker {
    // Run from source (tests) the worker is TypeScript too; Node strips its types.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker ??= new Worker(new URL(`./synthesizer-worker.${extension}`, import.meta.url));
    this.#worker.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#stop(), IDLE_MS).unref();
    return this.#worker;
  }

  #stop(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.postMessage('stop');
  }
}

function soundsIn(answer: Answer | undefined): readonly Int16Array[] {
  if (!answer) throw new Error(`no speech within ${DEADLINE_MS} ms`);
  if ('error' in answer) throw new Error(`no speech: ${answer.error}`);
  return answer.sounds;
}
