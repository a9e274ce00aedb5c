import type { ScriptedVendor, VendorSocket } from './scripted-vendor.js';

export interface CartesiaRequest {
  readonly context_id: string;
  readonly transcript?: string;
  readonly continue?: boolean;
  readonly flush?: boolean;
  readonly cancel?: boolean;
}

/** The vendor's side of its newest context, as its documentation shows it. */
export class CartesiaContext {
  #soundMs = 0;

  constructor(
    readonly socket: VendorSocket,
    readonly id: string,
  ) {}

  static newest(vendor: ScriptedVendor): CartesiaContext | undefined {
    const all = vendor.sockets.flatMap((socket) =>
      socket
        .messages<CartesiaRequest>()
        .map(({ context_id: id }) => new CartesiaContext(socket, id)),
    );
    return all.at(-1);
  }

  get requests(): readonly CartesiaRequest[] {
    return this.socket.messages<CartesiaRequest>().filter(({ context_id: id }) => id === this.id);
  }

  get said(): string {
    return this.requests.map(({ transcript = '' }) => transcript).join('');
  }

  sound(word: string, durationMs: number): void {
    const startMs = this.#soundMs;
    this.#soundMs += durationMs;
    const [start, end] = [startMs / 1000, this.#soundMs / 1000];
    const of = { context_id: this.id, status_code: 206, done: false };
    const times = { words: [word], start: [start], end: [end] };
    this.socket.say({ type: 'timestamps', ...of, word_timestamps: times });
    const data = Buffer.alloc(durationMs * 8, 0x10).toString('base64');
    this.socket.say({ type: 'chunk', ...of, data, step_time: 10 });
  }

  finish(): void {
    this.socket.say({ type: 'done', context_id: this.id, status_code: 200, done: true });
  }

  fail(status: number): void {
    const error = { title: 'No', message: 'No.', error_code: 'no' };
    this.socket.say({
      type: 'error',
      context_id: this.id,
      status_code: status,
      done: true,
      ...error,
    });
  }
}
