import { callerScript, type CallerScript } from '../script.js';
import type { LoadFlags } from './load-flags.js';

/** Of different lengths, and of words that a speech-to-text model keeps apart. */
export const sentences = [
  'Hello, can you tell me your opening hours today?',
  'I would like to book a table for four people.',
  'Tomorrow evening at seven would be perfect for us.',
  'Is there a quiet corner near the window?',
  'My name is Alexandra and my number ends with nine.',
  'Do you also have something for vegetarians?',
  'Please send the confirmation by text message.',
  'What happens if we arrive ten minutes late?',
  'Could you repeat the address of the restaurant?',
  'That sounds wonderful, thank you very much.',
] as const;

const interruption = 'Sorry, wait a moment please.';
const patience = { quietMs: 500, timeoutMs: 15_000 };

/** Listens to the greeting, then one sentence a turn; calls begin with different sentences. */
export function conversation(flags: LoadFlags, call: number): CallerScript {
  const every = flags['interrupt-every'];
  const afterMs = flags['interrupt-after-ms'];
  const turns = Array.from({ length: flags.turns }, (_, turn) => {
    const isInterrupting = every > 0 && turn > 0 && turn % every === 0;
    const say = sentences[(call + turn) % sentences.length];
    return isInterrupting
      ? [{ interrupt: { say: interruption, afterMs } }]
      : [{ waitForAgent: patience }, { say }];
  });
  const steps = [...turns.flat(), { waitForAgent: patience }, { hangUp: true }];
  return callerScript.parse({ steps });
}

export const everythingSaid: readonly string[] = [...sentences, interruption];
