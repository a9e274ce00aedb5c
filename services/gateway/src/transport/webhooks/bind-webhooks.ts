import { webhookRoutes, type Carrier, type WebhookRoute } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { problemHeaders, toProblem, type Logger } from '@trunkline/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { takeWebhook, type WebhookReply } from '../../app/webhooks/take-webhook.js';
import type { ReceivedWebhook, WebhookParts } from '../../app/webhooks/ports.js';

const MAX_BODY_BYTES = 64 * 1024;

interface Params {
  readonly carrier: string;
  readonly carrierAccount: string;
  readonly callId?: string;
}

/** Doors of carriers, in a scope of their own: bodies stay bytes, as they were signed. */
export async function bindWebhooks(
  fastify: FastifyInstance,
  parts: WebhookParts & { readonly logger: Pick<Logger, 'info' | 'warn' | 'error'> },
): Promise<void> {
  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      async (request: FastifyRequest, bytes: Buffer) => {
        if (request.headers['content-encoding'] === undefined) return bytes;
        throw new AppError('request.unsupported-type');
      },
    );
    scope.setErrorHandler((error, request, reply) => {
      const problem = toProblem(error, request.id);
      const fields = { code: problem.code, status: problem.status, requestId: request.id };
      if (problem.status >= 500) parts.logger.error('webhook.failed', { ...fields, error });
      const headers = { ...problemHeaders(problem), 'x-request-id': request.id };
      void reply.code(problem.status).headers(headers).send(JSON.stringify(problem));
    });
    for (const route of webhookRoutes) bindOne(scope, route, parts);
  });
}

function bindOne(scope: FastifyInstance, route: WebhookRoute, parts: WebhookParts): void {
  scope.route({
    method: 'POST',
    url: route.path,
    handler: async (request, reply) => {
      const received = receivedOf(request, route);
      return send(reply, received.carrier, await takeWebhook(parts, received));
    },
  });
}

function receivedOf(request: FastifyRequest, { kind }: WebhookRoute): ReceivedWebhook {
  const { carrier, carrierAccount, callId = null } = request.params as Params;
  const { body } = request;
  return {
    ...{ carrier, carrierAccount, callId, kind },
    rawPath: request.raw.url ?? '',
    headers: request.headers,
    rawBody: body instanceof Uint8Array ? body : new Uint8Array(),
    requestId: request.id,
  };
}

/** Plivo and Vobiz take nothing but 200 for heard. */
const heardStatus: Readonly<Record<Carrier, number>> = {
  twilio: 202,
  telnyx: 202,
  plivo: 200,
  vobiz: 200,
};

function send(reply: FastifyReply, carrier: string, answer: WebhookReply): FastifyReply {
  reply.header('cache-control', 'no-store');
  if (answer === 'heard') return reply.code(heardStatus[carrier as Carrier] ?? 200).send();
  return reply.code(200).header('content-type', answer.contentType).send(answer.body);
}
