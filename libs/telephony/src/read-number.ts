/** A number as carriers write it, with its plus or without; `null`: withheld, or no number at all. */
export function readNumber(text: string | null): string | null {
  const digits = (text ?? '').trim().replace(/^\+/, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : null;
}
