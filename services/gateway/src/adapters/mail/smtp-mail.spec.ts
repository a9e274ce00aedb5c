import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpMail } from './smtp-mail.js';

const message = {
  to: 'bob@example.com',
  template: 'invitation',
  link: 'https://trunkline.test/accept-invitation#token=abc',
  tenantName: 'Acme\r\nBcc: everybody@example.com',
} as const;

/** Just enough of RFC 5321 to take one mail after the other. */
async function talk(socket: Socket, received: string[]): Promise<void> {
  const say = (line: string): boolean => socket.write(`${line}\r\n`);
  let data: string[] | undefined;
  say('220 test');
  for await (const line of createInterface({ input: socket })) {
    if (data) {
      if (line !== '.') data.push(line);
      else {
        received.push(data.join('\n'));
        data = undefined;
        say('250 taken');
      }
    } else if (line.startsWith('DATA')) {
      data = [];
      say('354 go on');
    } else if (line.startsWith('RCPT TO:<nobody@')) say('550 no such mailbox');
    else if (line.startsWith('QUIT')) socket.end('221 bye\r\n');
    else say('250 ok');
  }
}

describe('mail by SMTP', () => {
  const received: string[] = [];
  let server: Server;
  let mail: SmtpMail;

  beforeAll(async () => {
    server = createServer((socket) => void talk(socket, received)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    mail = new SmtpMail({ url: `smtp://127.0.0.1:${port}`, from: 'Trunkline <no@trunkline.test>' });
  });
  afterAll(() => void server.close());

  it('goes to one recipient with the link, whatever the tenant is called', async () => {
    await mail.send(message);
    const [head = '', body = ''] = (received[0] ?? '').split('\n\n');
    expect(head).toMatch(/^To: bob@example\.com$/m);
    expect(head).not.toMatch(/^Bcc:/m);
    expect(body.replaceAll('=\n', '').replaceAll('=3D', '=')).toContain(message.link);
  });

  it('says mail.unavailable when the server takes it not', async () => {
    const refused = mail.send({ ...message, to: 'nobody@example.com' });
    await expect(refused).rejects.toMatchObject({ code: 'mail.unavailable', retryable: true });
    const away = new SmtpMail({ url: 'smtp://127.0.0.1:1', from: 'x@y.test' });
    await expect(away.send(message)).rejects.toMatchObject({ code: 'mail.unavailable' });
  });
});
