const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477, 1633];
const keys = ['123A', '456B', '789C', '*0#D'];

/** Each at 0.35 of full scale: loud enough for every receiver, and the sum cannot clip. */
const amplitude = 0.35 * 32_767;
const toneMs = 100;
const gapMs = 80;

/** Digits as sound, for streams that cannot carry them otherwise; `w` waits half a second. */
export function dtmfTones(digits: string, rateHz: number): Int16Array {
  const parts = [...digits.toUpperCase()].map((digit) => tone(digit, rateHz));
  const sound = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    sound.set(part, at);
    at += part.length;
  }
  return sound;
}

function tone(digit: string, rateHz: number): Int16Array {
  const row = keys.findIndex((line) => line.includes(digit));
  const low = rows[row];
  const high = columns[keys[row]?.indexOf(digit) ?? -1];
  if (low === undefined || high === undefined) {
    return new Int16Array(digit === 'W' ? rateHz / 2 : 0);
  }
  const sounding = (rateHz * toneMs) / 1_000;
  return Int16Array.from({ length: (rateHz * (toneMs + gapMs)) / 1_000 }, (_, index) => {
    if (index >= sounding) return 0;
    const turn = (2 * Math.PI * index) / rateHz;
    return Math.round(amplitude * (Math.sin(turn * low) + Math.sin(turn * high)));
  });
}
