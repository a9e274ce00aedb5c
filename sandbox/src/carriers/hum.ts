const RATE_HZ = 8_000;
const MS_PER_LETTER = 60;

/** A tone as long as the words would be. */
export function hum(text: string): Int16Array {
  const samples = Math.ceil((text.length * MS_PER_LETTER * RATE_HZ) / 1000);
  return Int16Array.from({ length: samples }, (_, at) =>
    Math.round(6_000 * Math.sin((2 * Math.PI * 220 * at) / RATE_HZ)),
  );
}
