import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@trunkline/kernel';
import { newId } from '@trunkline/platform';
import { Mail, type MailMessage } from '../../app/ports.js';
import { mailText } from './mail-text.js';

/** For development: every mail becomes a file that only its owner may read. */
export class FileMail extends Mail {
  readonly #folder: string;

  constructor(folder: string) {
    super();
    this.#folder = folder;
  }

  async send(message: MailMessage): Promise<void> {
    const { subject, text } = mailText(message);
    const mail = { to: message.to, subject, text, template: message.template, link: message.link };
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const path = join(this.#folder, `${newId()}.json`);
      await writeFile(path, `${JSON.stringify(mail, null, 2)}\n`, { mode: 0o600 });
    } catch (error) {
      throw new AppError('mail.unavailable', { retryable: true, cause: error });
    }
  }
}
