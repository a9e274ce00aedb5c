/** Little-endian bytes as samples. Copies where a view would not be aligned or would drop a byte. */
export function samplesOf(bytes: Uint8Array): Int16Array {
  const length = bytes.length >> 1;
  const isAligned = bytes.byteOffset % 2 === 0;
  const source = isAligned ? bytes : bytes.slice();
  return new Int16Array(source.buffer, source.byteOffset, length);
}

export function bytesOf(pcm: Int16Array): Uint8Array {
  return new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

/** Some carriers disagree with themselves about the order of L16. */
export function swapBytes(bytes: Uint8Array): void {
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    const low = bytes[index] ?? 0;
    bytes[index] = bytes[index + 1] ?? 0;
    bytes[index + 1] = low;
  }
}
