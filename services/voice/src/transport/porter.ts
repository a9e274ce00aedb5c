import type { MediaMessage, StreamStart } from '@trunkline/telephony';
import type { MediaWire, WireSink } from '../adapters/line/media-wire.js';
import type { SocketLine } from '../adapters/line/socket-line.js';

export interface PorterParts {
  readonly wire: MediaWire;
  readonly startLimitMs: number;
  /** Called once: the first message that says which call this is. */
  readonly started: (start: StreamStart, porter: Porter) => void;
  readonly gone: () => void;
}

/** Some seconds of sound that come while the token is looked at and the log is asked. */
const backlogCapacity = 256;

/** Has a fresh socket until it has proved whose it is; then a line has it. */
export class Porter implements WireSink {
  readonly #parts: PorterParts;
  readonly #backlog: MediaMessage[] = [];
  readonly #deadline: NodeJS.Timeout;
  #hasStarted = false;
  #closedBy: number | null = null;

  constructor(parts: PorterParts) {
    this.#parts = parts;
    this.#deadline = setTimeout(() => parts.wire.close('no-start'), parts.startLimitMs);
  }

  message(message: MediaMessage): void {
    if (message.type === 'start') {
      clearTimeout(this.#deadline);
      this.#hasStarted = true;
      this.#parts.started(message, this);
    } else if (this.#hasStarted) {
      this.#backlog.push(message);
      if (this.#backlog.length > backlogCapacity) this.#backlog.shift();
    }
  }

  closed(code: number): void {
    clearTimeout(this.#deadline);
    this.#closedBy = code;
    this.#parts.gone();
  }

  /** With everything that was said meanwhile. */
  handOver(line: SocketLine): void {
    this.#parts.wire.handTo(line);
    this.#parts.gone();
    for (const message of this.#backlog.splice(0)) line.message(message);
    if (this.#closedBy !== null) line.closed(this.#closedBy);
  }
}
