import { Channel } from '@trunkline/kernel';
import { hearingCostMicros } from '../../domain/cost.js';
import { step, type Happening } from '../../domain/turn/step.js';
import type { TurnInput } from '../../domain/turn/turn-input.js';
import { firstState } from '../../domain/turn/turn-state.js';
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
export function runCall(parts: CallParts): LiveCall {
  const inputs = new Channel<Happening>({ capacity: MOST_WAITING, whenFull: 'refuse' });
  const happen = (input: TurnInput): void => {
    const isTaken = inputs.offer({ atMs: parts.nowMs(), input });
    if (!isTaken) inputs.close();
  };
  const stages = new Stages(parts, happen);
  happen({ type: 'joined' });
  return { ended: conduct(stages, inputs, happen), happen };
}

async function conduct(
  stages: Stages,
  inputs: Channel<Happening>,
  happen: (input: TurnInput) => void,
): Promise<CallEnded> {
  let outcome: CallOutcome = { reason: 'error_unknown', side: 'platform' };
  let state = firstState;
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
  scribe.addCost(hearingCostMicros(parts.used.stt.provider, durationMs));
  const ended: CallEnded = {
    ...{ reason, side, detail: '', durationMs },
    ...scribe.sums(),
    recording: parts.recording.state,
  };
  scribe.note({ type: 'call.ended', data: ended });
  return ended;
}
