import type { Utterance } from '../contracts/speech-to-text.contract.js';
import type { VendorSocket } from './scripted-vendor.js';

/** The vendor's messages for one utterance, as its documentation shows them. */
export function sayFluxTurn(socket: VendorSocket, { text, confidence }: Utterance): void {
  const words = text.split(' ').map((word) => ({ word, confidence }));
  const half = text.split(' ').slice(0, 2).join(' ');
  const turns = [
    { event: 'StartOfTurn', transcript: '', words: [], audio_window_end: 0.3 },
    { event: 'Update', transcript: half, words: words.slice(0, 2), audio_window_end: 0.8 },
    { event: 'EagerEndOfTurn', transcript: text, words, audio_window_end: 1.8 },
    { event: 'EndOfTurn', transcript: text, words, audio_window_end: 2, trigger: 'model' },
  ];
  turns.forEach((turn, n) => socket.say(turnInfo(n + 1, turn)));
}

export function turnInfo(sequence: number, changes: object): object {
  return {
    type: 'TurnInfo',
    request_id: '7b3c',
    sequence_id: sequence,
    turn_index: 0,
    audio_window_start: 0,
    audio_window_end: 0,
    transcript: '',
    words: [],
    end_of_turn_confidence: 0.8,
    ...changes,
  };
}

export function sayNovaUtterance(socket: VendorSocket, { text, confidence }: Utterance): void {
  const texts = text.split(' ');
  const words = texts.map((word, n) => ({
    word: word.toLowerCase(),
    punctuated_word: word,
    start: 0.2 + n * 0.2,
    end: 0.4 + n * 0.2,
    confidence,
  }));
  socket.say({ type: 'SpeechStarted', channel: [0], timestamp: 0.2 });
  socket.say(results({ transcript: texts.slice(0, 2).join(' '), words: words.slice(0, 2) }));
  socket.say(
    results({ transcript: text, confidence, words }, { is_final: true, speech_final: true }),
  );
}

export function results(alternative: object, changes: object = {}): object {
  return {
    type: 'Results',
    channel_index: [0, 1],
    start: 0,
    duration: 2,
    is_final: false,
    speech_final: false,
    from_finalize: false,
    channel: { alternatives: [{ transcript: '', confidence: 0.5, words: [], ...alternative }] },
    metadata: { request_id: '7b3c' },
    ...changes,
  };
}
