import type { Carrier } from '@trunkline/contracts';
import {
  carrierKits,
  TelnyxRest,
  type CallOrder,
  type CallSearch,
  type CarrierAccount,
  type CarrierReply,
  type CommandOutcome,
  type FindOutcome,
  type DialOrder,
  type HttpCall,
  type StreamOrder,
  type TelnyxCommand,
  type MoveOrder,
} from '@trunkline/telephony';
import { Lines, type Briefing, type DialReply, type OpenLine } from '../../app/ports.js';
import { sendOnce, type Sent } from './send-once.js';

export interface HttpLinesOptions {
  /** Set by the operator; a tenant has no say in where its secret is sent. */
  readonly baseUrls: Readonly<Record<Carrier, string>>;
  readonly limitMs: number;
}

/** For one look at the carrier's list, however many requests it takes. */
const FIND_LIMIT_MS = 10_000;

/** The carriers over HTTP, each request once and within a deadline. */
export class HttpLines extends Lines {
  readonly #options: HttpLinesOptions;
  readonly #telnyx = new TelnyxRest();

  constructor(options: HttpLinesOptions) {
    super();
    this.#options = options;
  }

  async dial(line: OpenLine, order: CallOrder): Promise<DialReply> {
    const { rest } = carrierKits[line.carrier];
    const sent = await this.#send(rest.createCall(this.#account(line), order));
    return sent === 'not-sent' ? { kind: 'not-sent' } : rest.readCreate(sent);
  }

  find(line: OpenLine, search: CallSearch): Promise<FindOutcome> {
    const { rest } = carrierKits[line.carrier];
    const untilMs = performance.now() + FIND_LIMIT_MS;
    return rest.findCall(this.#account(line), search, async (call) => {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return 'timeout';
      const sent = await sendOnce(call, Math.min(leftMs, this.#options.limitMs));
      return sent === 'not-sent' ? 'timeout' : sent;
    });
  }

  hangUp(line: OpenLine, carrierCallId: string): Promise<CommandOutcome> {
    const { rest } = carrierKits[line.carrier];
    return this.#command(line, rest.hangUp(this.#account(line), carrierCallId));
  }

  limit(line: OpenLine, carrierCallId: string, seconds: number): Promise<CommandOutcome> {
    const { rest } = carrierKits[line.carrier];
    const call = rest.limitDuration(this.#account(line), carrierCallId, seconds);
    return call === null ? Promise.resolve({ kind: 'done' }) : this.#command(line, call);
  }

  move(line: OpenLine, order: MoveOrder): Promise<CommandOutcome> {
    const { rest } = carrierKits[line.carrier];
    return this.#command(line, rest.move(this.#account(line), order));
  }

  answer(line: OpenLine, command: TelnyxCommand): Promise<CommandOutcome> {
    return this.#command(line, this.#telnyx.answer(this.#account(line), command));
  }

  speak(
    line: OpenLine,
    command: TelnyxCommand,
    spoken: { readonly text: string; readonly language: string },
  ): Promise<CommandOutcome> {
    return this.#command(line, this.#telnyx.speak(this.#account(line), command, spoken));
  }

  reject(line: OpenLine, command: TelnyxCommand): Promise<CommandOutcome> {
    return this.#command(line, this.#telnyx.reject(this.#account(line), command));
  }

  forward(line: OpenLine, command: TelnyxCommand, order: DialOrder): Promise<CommandOutcome> {
    return this.#command(line, this.#telnyx.forward(this.#account(line), command, order));
  }

  hear(line: OpenLine, command: TelnyxCommand, of: Briefing): Promise<CommandOutcome> {
    return this.#command(line, this.#telnyx.hear(this.#account(line), command, of));
  }

  stream(line: OpenLine, command: TelnyxCommand, order: StreamOrder): Promise<CommandOutcome> {
    return this.#command(line, this.#telnyx.startStream(this.#account(line), command, order));
  }

  async #command(line: OpenLine, call: HttpCall): Promise<CommandOutcome> {
    const sent = await this.#send(call);
    const reply: CarrierReply = sent === 'not-sent' ? 'timeout' : sent;
    return carrierKits[line.carrier].rest.readCommand(reply);
  }

  #send(call: HttpCall): Promise<Sent> {
    return sendOnce(call, this.#options.limitMs);
  }

  #account({ carrier, accountId, secret }: OpenLine): CarrierAccount {
    return { baseUrl: this.#options.baseUrls[carrier].replace(/\/+$/, ''), accountId, secret };
  }
}
