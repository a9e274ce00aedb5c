import type { Gathering } from './answer-document.js';
import { pickUp } from './pick-up.js';
import type { RunningCall } from './running-call.js';

/** Says what there is to say until enough keys were pressed; '' when there were none in time. */
export async function gather(running: RunningCall, asked: Gathering): Promise<string> {
  const { call } = running;
  const leg = pickUp(running);
  const enough = new AbortController();
  let digits = '';
  call.onKey((digit) => {
    digits += digit;
    if (digits.length >= asked.numDigits) enough.abort();
  });
  const signal = AbortSignal.any([call.followSignal, enough.signal]);
  for (let attempt = 0; attempt < asked.tries && !signal.aborted; attempt += 1) {
    for (const text of asked.says) await say(running, text, signal);
    await call.wait(asked.timeoutMs, signal);
  }
  call.onKey(undefined);
  if (enough.signal.aborted) leg.clear();
  call.note(digits === '' ? 'no key in time' : `pressed ${digits}`);
  return digits;
}

export async function say(
  running: RunningCall,
  text: string,
  signal = running.call.followSignal,
): Promise<void> {
  const { call, board } = running;
  if (signal.aborted) return;
  const leg = pickUp(running);
  call.note(`says: ${text}`);
  await call.wait(leg.playUtterance(board.options.voice.utterance({ say: text })), signal);
}
