import type { Line } from './turn-state.js';

/** About 15,000 tokens: what the smaller models hold, and no more than an answer is worth. */
const MOST_CHARACTERS = 60_000;

/**
 * The end of a long call, from the beginning of one of the caller's turns: what a model is told
 * of it. What is older is never told again, so it need not be kept.
 */
export function recentOf(history: readonly Line[]): readonly Line[] {
  let characters = 0;
  let from = history.length;
  for (const [at, line] of [...history.entries()].toReversed()) {
    characters += line.text.length;
    if (characters > MOST_CHARACTERS && from < history.length) break;
    if (line.who === 'caller' || at === 0) from = at;
  }
  return from === 0 ? history : history.slice(from);
}
