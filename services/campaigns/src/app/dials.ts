import type { Envelope } from '@trunkline/contracts';
import { handleCommand, stateOf, type History } from '@trunkline/platform';
import { dialDecider, type DialCommand, type DialState } from '../domain/dial.js';
import { dueStep, type DueStep } from '../domain/due.js';
import { byItself, dialRef } from './by.js';
import type { CampaignsApp } from './campaigns-app.js';
import type { DialKey } from './ports.js';

export interface LoadedDial {
  readonly history: History;
  readonly state: DialState;
  /** Of whoever asked for the call: the same from the first event to the last. */
  readonly correlationId: string;
}

export async function loadDial(app: CampaignsApp, key: DialKey): Promise<LoadedDial> {
  const history = await app.store.load(dialRef(key.tenant, key.callId));
  const correlationId = history.events[0]?.correlationId ?? key.callId;
  return { history, state: stateOf(dialDecider, history), correlationId };
}

export interface Changed {
  readonly state: DialState;
  /** Undefined: it was settled before. */
  readonly event: Envelope | undefined;
}

export async function changeDial(
  app: CampaignsApp,
  key: DialKey,
  change: {
    readonly command: DialCommand;
    /** Spares a load. */
    readonly known?: LoadedDial;
    readonly correlationId?: string;
  },
): Promise<Changed> {
  const { command, known } = change;
  const { state, event } = await handleCommand(app.store, dialDecider, {
    ...byItself(known?.correlationId ?? change.correlationId ?? key.callId),
    ref: dialRef(key.tenant, key.callId),
    command,
    known: known?.history,
  });
  if (event) {
    app.afterAppend(event);
    await app.show(event);
  }
  return { state, event };
}

/** What standing still for so long asks for. */
export function stepDue(app: CampaignsApp, { history, state }: LoadedDial): DueStep | undefined {
  const sinceMs = Date.parse(history.events.at(-1)?.occurredAt ?? '');
  if (!state.order || Number.isNaN(sinceMs)) return undefined;
  const { ringSeconds, timeLimitSeconds } = state.order;
  const open = { status: state.status, sinceMs, ringSeconds, timeLimitSeconds };
  return dueStep(open, app.clock.nowMs(), app.patience);
}
