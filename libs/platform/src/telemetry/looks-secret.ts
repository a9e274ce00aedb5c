/** What must never get in, even through an allowed field. */
const telltales: readonly RegExp[] = [
  // Telephone numbers, and anything else that is only digits and punctuation between them.
  /(?:^|[^A-Za-z0-9-])\+?\d[\d\s().-]{5,}\d(?:$|[^A-Za-z0-9-])/,
  /@/,
  /tl_(?:run|adm)_/,
  // A JWT or the head of one.
  /eyJ[A-Za-z0-9_-]{8,}/,
  /\b(?:bearer|basic)\s+\S/i,
  /(?:password|secret|authorization|token)\s*[=:]/i,
  /BEGIN [A-Z ]+/,
  /\b(?:sk|pk|rk|key|whsec|xox[abp])[-_][A-Za-z0-9_-]{12,}/i,
  // Twilio's and its like: two letters and 32 hex digits.
  /\b[A-Z]{2}[0-9a-f]{32}\b/,
  /:\/\/[^/\s]*:[^/\s]*@/,
];

/** An unbroken run of mixed letters and digits this long is a secret until proved otherwise. */
const longRun = /[A-Za-z0-9+/=_]{40,}/;

export function looksSecret(text: string): boolean {
  if (telltales.some((telltale) => telltale.test(text))) return true;
  return longRun.test(text) && /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text);
}
