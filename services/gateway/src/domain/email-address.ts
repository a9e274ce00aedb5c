/**
 * The form in which two spellings of one mailbox are equal. Tags and dots stay: whether they
 * matter is the mail server's business.
 */
export function normaliseEmail(address: string): string {
  return address.trim().normalize('NFKC').toLowerCase();
}
