import { createHmac } from 'node:crypto';

export interface Signed {
  readonly id: string;
  readonly timestampSeconds: number;
  readonly body: string;
}

/** Standard Webhooks: `v1,<base64>` over `id.timestamp.body`; the secret may say `whsec_`. */
export function webhookSignature(secret: string, { id, timestampSeconds, body }: Signed): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = `${id}.${timestampSeconds}.${body}`;
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
