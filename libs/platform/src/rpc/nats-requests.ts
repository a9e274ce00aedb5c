import { SpanKind } from '@opentelemetry/api';
import { NatsRecordBuilder, type ClientNats } from '@nestjs/microservices';
import { requestSubject, type RequestDefinition } from '@trunkline/contracts';
import { AppError, withDeadline } from '@trunkline/kernel';
import type { z } from 'zod';
import type { PrincipalSigner } from '../auth/principal-signer.js';
import type { Metrics } from '../telemetry/metrics.js';
import { inSpan } from '../telemetry/tracing.js';
import { fromRemoteError } from './remote-error.js';
import type { RequestContext } from './request-context.js';
import { Requests } from './requests.js';
import { writeHeaders } from './rpc-headers.js';
import { timed } from './timed.js';

export interface NatsRequestsOptions {
  readonly client: ClientNats;
  readonly signer: PrincipalSigner;
  readonly metrics: Metrics;
}

export class NatsRequests extends Requests {
  readonly #options: NatsRequestsOptions;

  constructor(options: NatsRequestsOptions) {
    super();
    this.#options = options;
  }

  ask<D extends RequestDefinition>(
    definition: D,
    input: z.input<D['input']>,
    context: RequestContext,
  ): Promise<z.output<D['output']>> {
    const { service, verb } = definition;
    const span = { name: `ask ${service}.${verb}`, kind: SpanKind.CLIENT };
    const work = (): Promise<z.output<D['output']>> => this.#ask(definition, input, context);
    return timed({ metrics: this.#options.metrics, side: 'client', service, verb }, () =>
      inSpan(span, work),
    );
  }

  async #ask<D extends RequestDefinition>(
    definition: D,
    input: z.input<D['input']>,
    context: RequestContext,
  ): Promise<z.output<D['output']>> {
    const { timeoutMs } = definition;
    const deadline = { limitMs: timeoutMs, code: 'service.timeout', signal: context.signal };
    const response = await withDeadline(deadline, async (signal) => {
      const token = await this.#options.signer.tokenFor(context.principal, definition.service);
      const headers = writeHeaders(context, { token, timeoutMs });
      return this.#send(definition, new NatsRecordBuilder(input).setHeaders(headers), signal);
    });
    const output = definition.output.safeParse(response);
    if (output.success) return output.data as z.output<D['output']>;
    throw new AppError('internal', { cause: output.error });
  }

  /** Nest's observable as a promise that lets go of its inbox as soon as nobody waits. */
  #send(
    definition: RequestDefinition,
    record: NatsRecordBuilder<unknown>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const subject = requestSubject(definition.service, definition.verb);
    return new Promise((resolve, reject) => {
      const subscription = this.#options.client.send(subject, record.build()).subscribe({
        next: resolve,
        error: (error: unknown) => reject(fromRemoteError(error)),
        complete: () => resolve(undefined),
      });
      signal.addEventListener('abort', () => subscription.unsubscribe(), { once: true });
    });
  }
}
