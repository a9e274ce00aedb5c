import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '@trunkline/platform';
import { VOICE_SUBPROTOCOL, type StreamStart } from '@trunkline/telephony';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeCodes, type CloseReason } from '../adapters/line/close-codes.js';
import { MediaWire, type WireLimits } from '../adapters/line/media-wire.js';
import { formatOf, SocketLine } from '../adapters/line/socket-line.js';
import type { CallDoor, Refusal } from '../app/door/call-door.js';
import type { Place } from '../app/door/place.js';
import type { DoorFigures } from '../app/door/ports.js';
import { backgroundMix } from '../app/play/background-sound.js';
import type { FrameTicker } from '../app/play/frame-ticker.js';
import { isHandshakeSigned } from './handshake.js';
import { readMediaPath, type MediaPath } from './media-path.js';
import { Porter } from './porter.js';
import { refuseUpgrade } from './refuse-upgrade.js';
import { Waiting } from './waiting.js';

export interface EndpointLimits {
  readonly maxWaitingPerIp: number;
  readonly maxSockets: number;
  readonly startLimitMs: number;
  /** How long a dropped socket may take to come back. */
  readonly graceMs: number;
  readonly wire: WireLimits;
  /** How often all wires are looked after. */
  readonly watchMs: number;
}

export interface MediaEndpointParts {
  readonly door: CallDoor;
  readonly ticker: FrameTicker;
  /** Where carriers were told to connect: what they sign. */
  readonly wsBaseUrl: string;
  readonly isDraining: () => boolean;
  readonly limits: EndpointLimits;
  readonly figures: DoorFigures;
  readonly logger: Logger;
  /** Monotonic. */
  readonly nowMs: () => number;
}

const MAX_PAYLOAD_BYTES = 64 * 1024;

const refusalCodes: Readonly<Record<Refusal, string>> = {
  'unknown-call': 'request.not-found',
  'call-over': 'call.taken',
  'bad-token': 'voice.bad-token',
  'wrong-account': 'voice.bad-token',
  taken: 'call.taken',
  'log-away': 'log.unavailable',
};

const refusalCloses: Readonly<Record<Refusal, CloseReason>> = {
  'unknown-call': 'unknown-call',
  'call-over': 'call-over',
  'bad-token': 'bad-token',
  'wrong-account': 'bad-token',
  taken: 'taken',
  'log-away': 'try-again',
};

/** The audio sockets of the service, on its own HTTP port. */
export class MediaEndpoint {
  readonly #parts: MediaEndpointParts;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD_BYTES,
    handleProtocols: (offered) => offered.has(VOICE_SUBPROTOCOL) && VOICE_SUBPROTOCOL,
  });
  readonly #wires = new Set<MediaWire>();
  readonly #lines = new Map<string, SocketLine>();
  readonly #waiting: Waiting;
  #watch: NodeJS.Timeout | undefined;

  constructor(parts: MediaEndpointParts) {
    this.#parts = parts;
    this.#waiting = new Waiting(parts.limits.maxWaitingPerIp);
  }

  get socketCount(): number {
    return this.#wires.size;
  }

  bind(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      // An error of a socket that is being refused is nobody's business.
      socket.on('error', () => socket.destroy());
      void this.#upgrade(request, socket, head);
    });
    this.#watch = setInterval(() => this.#check(), this.#parts.limits.watchMs);
  }

  /** Whatever is still open when the doors close. */
  async close(): Promise<void> {
    clearInterval(this.#watch);
    const open = [...this.#sockets.clients];
    const closed = open.map((socket) => new Promise((done) => void socket.once('close', done)));
    for (const wire of this.#wires) wire.close('draining');
    await Promise.all(closed);
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const ip = request.socket.remoteAddress ?? '';
    const path = readMediaPath(request.url ?? '', request.headers['sec-websocket-protocol']);
    try {
      const code = await this.#refusalBefore(request, path, ip);
      if (code !== null || path === null) {
        const status = refuseUpgrade(socket, code ?? 'request.not-found');
        return this.#report(code ?? 'request.not-found', { path, status });
      }
      if (socket.destroyed) return;
      this.#sockets.handleUpgrade(request, socket, head, (ws) => {
        this.#welcome({ socket: ws, stream: socket }, path, ip);
      });
    } catch (error) {
      this.#parts.logger.error('socket.not-opened', { provider: path?.who, error });
      refuseUpgrade(socket, 'internal');
    }
  }

  async #refusalBefore(
    request: IncomingMessage,
    path: MediaPath | null,
    ip: string,
  ): Promise<string | null> {
    const { door, isDraining, limits, wsBaseUrl } = this.#parts;
    if (path === null) return 'request.not-found';
    if (this.#wires.size >= limits.maxSockets || !this.#waiting.hasRoom(ip)) return 'voice.no-room';
    const refusal = await door.mayOpen(path);
    if (refusal === 'unknown-call' && isDraining()) return 'voice.no-room';
    if (refusal !== null) return refusalCodes[refusal];
    if (path.needsToken && path.token === null) return 'voice.bad-token';
    const account = door.accountOf(path.callId);
    const isSigned = await isHandshakeSigned(request, { path, account, wsBaseUrl });
    return isSigned ? null : 'webhook.refused';
  }

  #welcome(
    ends: { readonly socket: WebSocket; readonly stream: Duplex },
    path: MediaPath,
    ip: string,
  ): void {
    const { limits, nowMs } = this.#parts;
    const wire = new MediaWire({
      ...{ ...ends, session: path.media.open(), nowMs, limits: limits.wire },
      refused: (why) => this.#report(why, { path, status: closeCodes[why] }),
    });
    this.#wires.add(wire);
    ends.socket.once('close', () => void this.#wires.delete(wire));
    const leave = this.#waiting.enter(ip);
    const started = (start: StreamStart, porter: Porter): void =>
      void this.#knock(start, { path, wire, porter });
    wire.handTo(new Porter({ wire, startLimitMs: limits.startLimitMs, started, gone: leave }));
  }

  async #knock(
    start: StreamStart,
    at: { readonly path: MediaPath; readonly wire: MediaWire; readonly porter: Porter },
  ): Promise<void> {
    const { door, logger } = this.#parts;
    const { carrier, callId, token } = at.path;
    const { accountId, carrierCallId } = start;
    try {
      const knock = { callId, carrier, token: token ?? start.token, carrierCallId, accountId };
      const verdict = await door.knock(knock);
      if (verdict.kind === 'refused') at.wire.close(refusalCloses[verdict.why]);
      else if (verdict.kind === 'open') this.#begin(verdict.place, at);
      else this.#rejoin(callId, at);
    } catch (error) {
      logger.error('socket.not-opened', { provider: at.path.who, error });
      at.wire.close('try-again');
    }
  }

  #begin(
    place: Place,
    at: { readonly path: MediaPath; readonly wire: MediaWire; readonly porter: Porter },
  ): void {
    const { door, figures, limits, nowMs, ticker } = this.#parts;
    const { traits } = at.path.media;
    const { callId } = place.plan;
    const { background } = place.runtime.config;
    const line = new SocketLine(at.wire, {
      ...{ traits, carrierCallId: place.carrierCallId, ticker, nowMs, graceMs: limits.graceMs },
      mix: backgroundMix(formatOf(traits), { ...background, offset: Math.random() }),
      gap: (durationMs) => figures.outboundGap(durationMs),
      dropped: () => door.dropped(place),
      ended: () => void this.#lines.delete(callId),
    });
    this.#lines.set(callId, line);
    place.dropSilent = () => line.dropSilent();
    figures.opened();
    door.run(place, line);
    at.porter.handOver(line);
  }

  #rejoin(callId: string, at: { readonly wire: MediaWire; readonly porter: Porter }): void {
    const line = this.#lines.get(callId);
    if (line === undefined) return at.wire.close('call-over');
    line.rejoin(at.wire);
    at.porter.handOver(line);
  }

  /** One line for each refusal; ids of strangers and tokens are not in it. */
  #report(why: string, of: { readonly path: MediaPath | null; readonly status: number }): void {
    this.#parts.figures.refused(why);
    const { path, status } = of;
    this.#parts.logger.warn('socket.refused', { reason: why, provider: path?.who, status });
  }

  #check(): void {
    const nowMs = this.#parts.nowMs();
    for (const wire of this.#wires) wire.check(nowMs);
  }
}
