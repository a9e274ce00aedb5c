import { AppError } from '@trunkline/kernel';

export const PASSWORD_MIN_CHARS = 12;
export const PASSWORD_MAX_CHARS = 128;

/** The most used passwords that are long enough, compared without case, blanks and marks. */
const common = new Set([
  '123456789012',
  '1234567890123',
  '12345678901234',
  '123456789123456789',
  '123123123123',
  '987654321098',
  '111111111111',
  'passwordpassword',
  'password1234',
  'password12345',
  'password123456',
  'passw0rdpassw0rd',
  'mypassword123',
  'changemechangeme',
  'changeme1234',
  'letmeinletmein',
  'letmein12345',
  'welcome12345',
  'welcome123456',
  'qwertyuiop12',
  'qwertyuiop123',
  'qwertyqwerty',
  'qwerty123456',
  'qwerty1234567',
  'asdfghjkl123',
  'zxcvbnm12345',
  '1qaz2wsx3edc',
  '1q2w3e4r5t6y',
  'abcdefghijkl',
  'abcd12345678',
  'abc123456789',
  'iloveyou1234',
  'iloveyouforever',
  'administrator',
  'administrator1',
  'admin1234567',
  'adminadminadmin',
  'trustno1trustno1',
  'monkey123456',
  'dragon123456',
  'football1234',
  'baseball1234',
  'superman1234',
  'sunshine1234',
  'princess1234',
  'correcthorsebatterystaple',
  'trunkline123',
  'trunklinetrunkline',
]);

/** Throws `password.weak` with the reason. Length counts characters, not bytes. */
export function checkPassword(password: string, email: string): void {
  const reason = weakness(password, email);
  if (reason) throw new AppError('password.weak', { details: { reason } });
}

function weakness(password: string, email: string): string | undefined {
  const chars = [...password];
  if (chars.length < PASSWORD_MIN_CHARS) return 'too-short';
  if (chars.length > PASSWORD_MAX_CHARS) return 'too-long';
  const plain = password.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  if (common.has(plain)) return 'too-common';
  if (new Set(chars).size < 4) return 'too-repetitive';
  const [mailbox = ''] = email.toLowerCase().split('@');
  if (password.toLowerCase() === email.toLowerCase()) return 'is-the-address';
  if (mailbox.length >= 8 && plain === mailbox.replace(/[^\p{L}\p{N}]/gu, '')) {
    return 'is-the-address';
  }
  return undefined;
}
