import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { podAsks, podSubject } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import { actingFor, type Logger } from '@trunkline/platform';
import { z } from 'zod';
import type { CallDoor } from '../../app/door/call-door.js';
import type { Reservations } from '../../app/door/reservations.js';

export interface PodDoorsParts {
  readonly connection: NatsConnection;
  readonly door: CallDoor;
  readonly reservations: Reservations;
  readonly logger: Logger;
}

/** What only this pod can answer, over plain request and reply. */
export class PodDoors {
  readonly #parts: PodDoorsParts;
  readonly #open: Subscription[];

  constructor(parts: PodDoorsParts) {
    this.#parts = parts;
    const { door, reservations } = parts;
    this.#open = [
      this.#answer('alive', z.unknown(), () =>
        Promise.resolve({ calls: reservations.places().map(({ plan }) => plan.callId) }),
      ),
      this.#answer('admit', podAsks.admit, async ({ callId, tenant }) => {
        const place = reservations.find(callId);
        if (place === null || place.tenant !== tenant) return { refused: 'request.not-found' };
        return door.admission(place);
      }),
      this.#answer('reserve', podAsks.reserve, ({ plan, ...of }) =>
        door.reserve(plan, actingFor('voice', of)),
      ),
      this.#answer('end-call', podAsks.endCall, ({ reason, side, ...call }) =>
        Promise.resolve({ found: door.endCall(call, { reason, side }) }),
      ),
    ];
  }

  async close(): Promise<void> {
    if (this.#parts.connection.isClosed()) return;
    await Promise.all(this.#open.map((subscription) => subscription.drain()));
  }

  #answer<Input extends z.ZodType>(
    verb: string,
    input: Input,
    work: (input: z.output<Input>) => Promise<unknown>,
  ): Subscription {
    const subject = podSubject('voice', verb, this.#parts.door.pod);
    return this.#parts.connection.subscribe(subject, {
      callback: (_error, message) => void this.#respond(message, { verb, input, work }),
    });
  }

  async #respond<Input extends z.ZodType>(
    message: Msg,
    to: {
      readonly verb: string;
      readonly input: Input;
      readonly work: (input: z.output<Input>) => Promise<unknown>;
    },
  ): Promise<void> {
    const parsed = to.input.safeParse(jsonOf(message));
    try {
      const reply = parsed.success ? await to.work(parsed.data) : { refused: 'request.invalid' };
      message.respond(JSON.stringify(reply));
    } catch (error) {
      const code = isAppError(error) ? error.code : 'internal';
      if (code === 'internal')
        this.#parts.logger.error('pod-door.failed', { verb: to.verb, error });
      message.respond(JSON.stringify({ refused: code }));
    }
  }
}

/** `undefined` where it is none. */
export function jsonOf(message: Msg): unknown {
  const text = message.string();
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}
