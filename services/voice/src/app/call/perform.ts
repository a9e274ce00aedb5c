import type { CallFact } from '@trunkline/contracts';
import { messagesOf } from '../../domain/turn/messages.js';
import type { TurnEffect } from '../../domain/turn/turn-effect.js';
import type { TurnInput } from '../../domain/turn/turn-input.js';
import type { TurnState } from '../../domain/turn/turn-state.js';
import type { ToolCall } from '../../domain/chat.js';
import type { CallParts } from './call-parts.js';
import type { Stages } from './stages.js';
import { transfer } from './transfer.js';

export interface Stage {
  readonly stages: Stages;
  readonly state: TurnState;
  readonly happen: (input: TurnInput) => void;
}

/** What a tool or a transfer touches, whatever kind of call it belongs to. */
export interface Actor {
  readonly stages: Pick<Stages, 'scribe' | 'stop'> & {
    readonly parts: Pick<CallParts, 'tools' | 'config' | 'leg' | 'nowMs'>;
  };
  readonly happen: (
    input: Extract<
      TurnInput,
      { readonly type: 'tool-slow' | 'tool-returned' | 'tool-followed-up' | 'transfer-done' }
    >,
  ) => void;
}

type EffectOf<Do extends TurnEffect['do']> = Extract<TurnEffect, { readonly do: Do }>;
type Performer<Effect> = (effect: Effect, on: Stage) => TurnInput | void;

/** Does what the rules ask for. It may answer with what happened because of it, and decides nothing. */
export function perform(effect: TurnEffect, on: Stage): TurnInput | undefined {
  const performer = performers[effect.do] as Performer<TurnEffect>;
  return performer(effect, on) ?? undefined;
}

const performers: { readonly [Do in TurnEffect['do']]: Performer<EffectOf<Do>> } = {
  think: ({ reply, eager, keepVendor }, { stages, state }) => {
    if (keepVendor) stages.parts.keepVendors();
    stages.mind.think(reply, eager, messagesOf(state, stages.parts.systemText));
  },
  adopt: ({ reply }, { stages }) => stages.mind.adopt(reply),
  abandon: ({ reply }, { stages }) => stages.mind.abandon(reply),
  say: ({ utterance, kind, text }, { stages }) => stages.mouth.say(utterance, kind, text),
  pause: (_effect, { stages }) => {
    const paused = stages.mouth.pause();
    stages.parts.recording.cleared();
    return paused ? { type: 'paused', ...paused } : undefined;
  },
  resume: (_effect, { stages }) => stages.mouth.resume(),
  cut: ({ utterance }, { stages }) => {
    stages.mouth.cut(utterance);
    stages.parts.recording.cleared();
  },
  'run-tools': ({ calls }, on) => {
    for (const call of calls) void runTool(call, on);
  },
  transfer: (wish, on) => void transfer(wish, on),
  'withdraw-transfer': (_effect, { stages }) => stages.parts.leg.withdrawTransfer(),
  'send-digits': ({ digits }, { stages }) => stages.parts.line.sendDigits(digits),
  'switch-language': ({ language }, { stages }) => {
    stages.parts.voice.speak(language);
    note(stages, { type: 'call.language-switched', data: { language, atMs: now(stages) } });
  },
  record: (_effect, { stages }) => stages.parts.recording.begin(),
  'set-timer': ({ timer, afterMs }, { stages }) => stages.timers.set(timer, afterMs),
  'stop-timer': ({ timer }, { stages }) => stages.timers.stop(timer),
  'note-user-turn': (turn, { stages }) => {
    stages.scribe.userTurn(turn, stages.heardWords, stages.heardConfidence);
    stages.heardWords = [];
  },
  'note-consent': ({ given, how }, { stages }) =>
    note(stages, { type: 'call.consent', data: { given, how, atMs: now(stages) } }),
  'note-machine': ({ verdict, by }, { stages }) =>
    note(stages, { type: 'call.machine-detected', data: { verdict, by, atMs: now(stages) } }),
  'finalize-hearing': (_effect, { stages }) => stages.parts.ear.finalize(),
  end: () => undefined,
};

function note(stages: Actor['stages'], fact: CallFact): void {
  stages.scribe.note(fact);
}

function now(stages: Actor['stages']): number {
  return stages.parts.nowMs();
}

/** Both facts are written whatever happens in between: it was sent, and this is what came of it. */
export async function runTool(call: ToolCall, { stages, happen }: Actor): Promise<void> {
  const turn = stages.scribe.turn;
  const about = { turn, toolCall: call.id, tool: call.name };
  const atMs = now(stages);
  note(stages, {
    type: 'call.tool-called',
    data: { ...about, arguments: call.argumentsText, atMs },
  });
  const done = await stages.parts.tools.run(call, {
    onSlow: () => happen({ type: 'tool-slow', toolCall: call.id }),
    onFollowUp: (text) => happen({ type: 'tool-followed-up', tool: call.name, text }),
    signal: stages.stop.signal,
  });
  const { outcome, result, retrieval, disposition } = done;
  const tookMs = Math.round(done.tookMs);
  note(stages, {
    type: 'call.tool-returned',
    data: { ...about, outcome, result: result.text, tookMs },
  });
  if (retrieval) {
    const documents = [...retrieval.documents];
    note(stages, {
      type: 'call.retrieval',
      data: { turn, query: retrieval.query, documents, tookMs },
    });
  }
  if (disposition) {
    const data = { disposition: disposition.name, note: disposition.note, atMs: now(stages) };
    note(stages, { type: 'call.disposition', data });
  }
  stages.scribe.tool(call.name, outcome);
  happen({ type: 'tool-returned', result });
}
