import { Channel } from '@trunkline/kernel';
import { hearingCostMicros } from '../../domain/cost.js';
import { step, type Happening } from '../../domain/turn/step.js';
import type { TurnInput } from '../../domain/turn/turn-input.js';
import { firstState, type TurnState } from '../../domain/turn/turn-state.js';
import type { Body } from './body.js';
import type { CallEnded, CallOutcome, CallParts } from './call-parts.js';
import { perform } from './perform.js';
import { Stages } from './stages.js';

/** A call that cannot keep up with so much is beyond help. */
const MOST_WAITING = 4096;

export interface LiveCall {
  /** Never rejects. */
  readonly ended: Promise<CallEnded>;
  happen(input: TurnInput): void;
}

/**
 * One call, from the first frame to the last. Sound flows from the line to the ear and from the
 * mouth to the line by itself; everything that could change whose turn it is comes through one
 * channel, is judged by `step`, and is carried out by `perform`.
 */
export function runCall(parts: CallParts, from?: TakenOver): LiveCall {
  const inputs = new Channel<Happening>({ capacity: MOST_WAITING, whenFull: 'refuse' });
  const happen = (input: TurnInput): void => {
    const isTaken = inputs.offer({ atMs: parts.nowMs(), input });
    if (!isTaken) inputs.close();
  };
  const stages = new Stages(parts, happen, from?.body);
  for (const frame of from?.unheard ?? []) parts.ear.send(frame);
  happen({ type: from ? 'taken-over' : 'joined' });
  return { ended: conduct({ stages, inputs, happen }, from?.state ?? firstState), happen };
}

/** A call that somebody else began. */
export interface TakenOver {
  readonly body: Body;
  readonly state: TurnState;
  /** What the caller said last, and nobody has understood yet. */
  readonly unheard: readonly Uint8Array[];
}

interface Running {
  readonly stages: Stages;
  readonly inputs: Channel<Happening>;
  readonly happen: (input: TurnInput) => void;
}

async function conduct({ stages, inputs, happen }: Running, begun: TurnState): Promise<CallEnded> {
  let outcome: CallOutcome = { reason: 'error_unknown', side: 'platform' };
  let state = begun;
  /** What comes of an effect at once is judged before anything that waits in the channel. */
  const advance = (happening: Happening): void => {
    const [next, effects] = step(state, happening, stages.parts.rules);
    state = next;
    for (const effect of effects) {
      if (effect.do === 'end') outcome = effect;
      const answer = perform(effect, { stages, state, happen });
      if (answer) advance({ atMs: happening.atMs, input: answer });
    }
  };
  try {
    for await (const happening of inputs) {
      advance(happening);
      if (state.over) break;
    }
  } catch (error) {
    stages.parts.log('call.failed', { error });
  }
  return finish(stages, outcome);
}

/** In this order: nobody speaks any more, the log knows, the recording follows. */
function finish(stages: Stages, { reason, side }: CallOutcome): CallEnded {
  const { parts, scribe } = stages;
  const durationMs = parts.nowMs();
  stages.close();
  scribe.addCost(hearingCostMicros(parts.used.stt.provider, durationMs - stages.sinceMs));
  const ended: CallEnded = {
    ...{ reason, side, detail: '', durationMs },
    ...scribe.sums(),
    recording: parts.recording.state,
  };
  scribe.note({ type: 'call.ended', data: ended });
  return ended;
}
