import { AppError } from '@trunkline/kernel';
import { createTransport, type Transporter } from 'nodemailer';
import { Mail, type MailMessage } from '../../app/ports.js';
import { mailText } from './mail-text.js';

const LIMIT_MS = 10_000;

export class SmtpMail extends Mail {
  readonly #transport: Transporter;
  readonly #from: string;

  constructor(options: { readonly url: string; readonly from: string }) {
    super();
    this.#from = options.from;
    this.#transport = createTransport(options.url, {
      connectionTimeout: LIMIT_MS,
      greetingTimeout: LIMIT_MS,
      socketTimeout: LIMIT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    } as never);
  }

  async send(message: MailMessage): Promise<void> {
    try {
      await this.#transport.sendMail({
        from: this.#from,
        to: { name: '', address: message.to },
        ...mailText(message),
      });
    } catch (error) {
      throw new AppError('mail.unavailable', { retryable: true, cause: error });
    }
  }
}
