import type { MailMessage } from '../../app/ports.js';

interface MailText {
  readonly subject: string;
  readonly text: string;
}

const lines: Readonly<Record<MailMessage['template'], (message: MailMessage) => MailText>> = {
  'verify-email': ({ link }) => ({
    subject: 'Please confirm your address',
    text: `Open this page within 30 minutes to confirm your address:\n${link}`,
  }),
  'account-exists': ({ link }) => ({
    subject: 'You already have an account',
    text: `Somebody, probably you, tried to sign up with this address again. Sign in here:\n${link}`,
  }),
  invitation: ({ link, tenantName = 'a team' }) => ({
    subject: `You are invited to ${tenantName.replaceAll(/[\r\n]/g, ' ')}`,
    text: `Open this page within 7 days to join ${tenantName}:\n${link}`,
  }),
  'reset-password': ({ link }) => ({
    subject: 'Set a new password',
    text: `Open this page within 30 minutes to set a new password:\n${link}\n\nIf you did not ask for it, do nothing.`,
  }),
};

export function mailText(message: MailMessage): MailText {
  return lines[message.template](message);
}
