import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { endReasons, endSides, podQuestions, podSubject, token } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import type { Logger } from '@trunkline/platform';
import { z } from 'zod';
import type { CallDoor } from '../../app/door/call-door.js';
import { OtherPods } from '../../app/door/hang-up.js';
import type { PoliteEnd } from '../../app/door/ports.js';
import type { Reservations } from '../../app/door/reservations.js';

const aboutCall = z.strictObject({ tenant: token, callId: token });
const endCallInput = aboutCall.extend({ reason: z.enum(endReasons), side: z.enum(endSides) });

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
      this.#answer('admit', aboutCall, async ({ callId, tenant }) => {
        const place = reservations.find(callId);
        if (place === null || place.tenant !== tenant) return { refused: 'request.not-found' };
        return door.admission(place);
      }),
      this.#answer('end-call', endCallInput, ({ reason, side, ...call }) =>
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

function jsonOf(message: Msg): unknown {
  const text = message.string();
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ASK_LIMIT_MS = 2000;

/** Those doors from the outside. */
export class NatsOtherPods extends OtherPods {
  readonly #connection: NatsConnection;
  readonly #logger: Logger;

  constructor(connection: NatsConnection, logger: Logger) {
    super();
    this.#connection = connection;
    this.#logger = logger;
  }

  async endCall(
    pod: string,
    call: { readonly tenant: string; readonly callId: string },
    how: PoliteEnd,
  ): Promise<boolean> {
    const subject = podSubject('voice', 'end-call', pod);
    const question = JSON.stringify({ ...call, ...how });
    try {
      const reply = await this.#connection.request(subject, question, { timeout: ASK_LIMIT_MS });
      return podQuestions.endCall.safeParse(jsonOf(reply)).data?.found ?? false;
    } catch (error) {
      // A pod that is gone has no call any more; the sweeper will say so.
      this.#logger.warn('pod-door.unanswered', { verb: 'end-call', error });
      return false;
    }
  }
}
