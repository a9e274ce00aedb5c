import type { Admission, CallPlan, Carrier } from '@trunkline/contracts';
import { AppError, isAppError, withDeadline } from '@trunkline/kernel';
import type { Logger, RequestContext } from '@trunkline/platform';
import type { Line } from '../ports/index.js';
import { openedCall, type Place } from './place.js';
import type { CallRunner, OpenedAccount, PoliteEnd } from './ports.js';
import type { Reservations } from './reservations.js';
import type { StreamTokens, TokenKind } from './stream-tokens.js';

/** Who knocks: what the socket's path, its first message and its handshake say. */
export interface Knock {
  readonly callId: string;
  /** `null`: a browser, or anybody's own client. */
  readonly carrier: Carrier | null;
  readonly token: string | null;
  readonly carrierCallId: string | null;
  readonly accountId: string | null;
}

export type Refusal =
  | 'unknown-call'
  | 'call-over'
  | 'bad-token'
  | 'wrong-account'
  | 'taken'
  | 'log-away';

export type Verdict =
  | { readonly kind: 'open'; readonly place: Place }
  | { readonly kind: 'rejoin'; readonly place: Place }
  | { readonly kind: 'refused'; readonly why: Refusal };

export interface CallDoorParts {
  readonly pod: string;
  /** Where sockets open, without a slash at the end. */
  readonly wsBaseUrl: string;
  /** Where this pod answers HTTP. */
  readonly baseUrl: string;
  readonly reservations: Reservations;
  readonly tokens: StreamTokens;
  readonly runner: CallRunner;
  readonly logger: Logger;
}

/** A socket that opens in the last moment still finds its place. */
const HOLD_GRACE_MS = 5000;
const ADMIT_LIMIT_MS = 5000;
/** The carrier ends what we forgot to end, a minute after we should have. */
const CARRIER_GRACE_SECONDS = 60;

const refused = (why: Refusal): Verdict => ({ kind: 'refused', why });

/** Who may come in. Decides before anything is opened, leased or written down for a call. */
export class CallDoor {
  readonly #parts: CallDoorParts;

  constructor(parts: CallDoorParts) {
    this.#parts = parts;
  }

  get pod(): string {
    return this.#parts.pod;
  }

  async reserve(plan: CallPlan, context: RequestContext): Promise<Admission> {
    const { reservations, tokens } = this.#parts;
    if (plan.carrier === null && !tokens.hasSessions) throw new AppError('voice.no-sessions');
    return this.admission(await reservations.reserve(plan, context));
  }

  /** A fresh token for a place that is still free. */
  async admission(place: Place): Promise<Admission> {
    const { baseUrl, pod, reservations, tokens, wsBaseUrl } = this.#parts;
    const { plan, runtime, mode, tenant } = place;
    if (place.state !== 'held') throw new AppError('call.taken');
    const issued = await tokens.issue({
      ...{ kind: kindOf(plan.carrier), callId: plan.callId, tenant, agent: plan.agent, mode },
      ...{ conversation: plan.conversation, user: plan.user, isTest: plan.kind === 'test' },
    });
    reservations.extend(place, issued.expiresAtMs + HOLD_GRACE_MS);
    return {
      pod,
      baseUrl,
      url: `${wsBaseUrl}/media/${plan.carrier ?? 'browser'}/${plan.callId}`,
      streamToken: issued.token,
      expiresAt: new Date(issued.expiresAtMs).toISOString(),
      version: runtime.version,
      mode,
      timeLimitSeconds: Math.ceil(runtime.config.maxDurationMs / 1000) + CARRIER_GRACE_SECONDS,
    };
  }

  /** Before there is a socket: whether it is worth opening one. */
  async mayOpen(knock: Pick<Knock, 'callId' | 'carrier' | 'token'>): Promise<Refusal | null> {
    const place = this.#placeFor(knock);
    if (typeof place === 'string') return place;
    return knock.token === null ? null : this.#refusalOf(place, knock);
  }

  /** Whose secret signs the handshake, where the carrier signs it. */
  accountOf(callId: string): OpenedAccount | null {
    return this.#parts.reservations.find(callId)?.account ?? null;
  }

  /** The socket says who it is: the one moment a call begins, or goes on. */
  async knock(knock: Knock): Promise<Verdict> {
    const place = this.#placeFor(knock);
    if (typeof place === 'string') return refused(place);
    if (isOfAnother(place, knock)) return refused('wrong-account');
    const refusal = await this.#refusalOf(place, knock);
    if (refusal !== null) return refused(refusal);
    if (place.state === 'reconnecting') {
      place.state = 'live';
      return { kind: 'rejoin', place };
    }
    // Somebody else may have come in while the token was looked at, or the place was taken back.
    if (place.state !== 'held') return refused('taken');
    if (this.#parts.reservations.find(knock.callId) !== place) return refused('call-over');
    place.state = 'opening';
    place.usedToken = this.#parts.tokens.fingerprint(knock.token ?? '');
    place.carrierCallId = knock.carrier === null ? null : knock.carrierCallId;
    return this.#admit(place);
  }

  /** Hands the open line over; the place is free again when the call is done. */
  run(place: Place, line: Line): void {
    const { logger, pod, reservations, runner } = this.#parts;
    const { callId } = place.plan;
    const leave = (): void => {
      line.close();
      reservations.end(callId);
    };
    try {
      const running = runner.run(openedCall(place, pod), line);
      place.running = running;
      if (place.endAsked !== null) running.endNow(place.endAsked);
      void running.ended.then(leave, leave);
    } catch (error) {
      logger.error('door.not-run', { callId, error });
      leave();
    }
  }

  dropped(place: Place): void {
    if (place.state === 'live') place.state = 'reconnecting';
  }

  /** False when it is not here. */
  endCall(of: { readonly callId: string; readonly tenant: string }, how: PoliteEnd): boolean {
    const place = this.#parts.reservations.find(of.callId);
    if (place === null || place.tenant !== of.tenant) return false;
    if (place.running !== null) place.running.endNow(how);
    else if (place.state === 'held') this.#parts.reservations.end(of.callId);
    else place.endAsked = how;
    return true;
  }

  #placeFor({ callId, carrier }: Pick<Knock, 'callId' | 'carrier'>): Place | Refusal {
    const { reservations } = this.#parts;
    const place = reservations.find(callId);
    if (place === null) return reservations.isOver(callId) ? 'call-over' : 'unknown-call';
    return place.plan.carrier === carrier ? place : 'unknown-call';
  }

  async #refusalOf(
    place: Place,
    knock: Pick<Knock, 'token'> & Partial<Pick<Knock, 'carrierCallId'>>,
  ): Promise<Refusal | null> {
    const { tokens } = this.#parts;
    if (knock.token === null) return 'bad-token';
    if (place.usedToken !== null && tokens.fingerprint(knock.token) === place.usedToken) {
      // A carrier may be back before we learn that its socket died.
      place.dropSilent?.();
      return isSameLeg(place, knock.carrierCallId) ? null : 'taken';
    }
    const { callId, carrier } = place.plan;
    const expected = { kind: kindOf(carrier), callId, tenant: place.tenant };
    if ((await tokens.verify(knock.token, expected)) !== 'ok') return 'bad-token';
    return place.state === 'held' ? null : 'taken';
  }

  async #admit(place: Place): Promise<Verdict> {
    const { logger, pod, reservations, runner } = this.#parts;
    const { callId } = place.plan;
    try {
      await withDeadline({ limitMs: ADMIT_LIMIT_MS, code: 'service.timeout' }, (signal) =>
        runner.admit(openedCall(place, pod), signal),
      );
      place.state = 'live';
      return { kind: 'open', place };
    } catch (error) {
      if (isAppError(error) && error.code === 'call.taken') {
        reservations.end(callId);
        return refused('taken');
      }
      logger.error('door.not-admitted', { callId, error });
      // Nothing was said yet: the same token may try again.
      place.state = 'held';
      place.usedToken = null;
      return refused('log-away');
    }
  }
}

/** The token that opened a call opens it again while its socket is away, for the same leg. */
function isSameLeg(place: Place, carrierCallId: string | null | undefined): boolean {
  if (place.state !== 'reconnecting') return false;
  const isAsked = carrierCallId !== undefined && place.carrierCallId !== null;
  return !isAsked || carrierCallId === place.carrierCallId;
}

/** Carriers name their account where they can; ours must be the one. */
function isOfAnother(place: Place, knock: Knock): boolean {
  const ours = place.account?.accountId ?? null;
  return ours !== null && knock.accountId !== null && ours !== knock.accountId;
}

function kindOf(carrier: Carrier | null): TokenKind {
  return carrier === null ? 'browser' : 'carrier';
}
