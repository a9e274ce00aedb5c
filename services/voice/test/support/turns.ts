import { agentDefaults } from '@trunkline/contracts';
import { step } from '../../src/domain/turn/step.js';
import type { TurnEffect } from '../../src/domain/turn/turn-effect.js';
import type { TurnInput } from '../../src/domain/turn/turn-input.js';
import type { TurnRules } from '../../src/domain/turn/turn-rules.js';
import { firstState, type TurnState } from '../../src/domain/turn/turn-state.js';

export const plainRules: TurnRules = {
  direction: 'inbound',
  firstMessage: null,
  endpointing: agentDefaults.endpointing,
  interruption: agentDefaults.interruption,
  idle: agentDefaults.idle,
  maxDurationMs: agentDefaults.maxDurationMs,
  consent: agentDefaults.consent,
  filler: agentDefaults.filler,
  phrases: agentDefaults.phrases,
  voicemail: agentDefaults.voicemail,
  languages: ['en'],
  recording: true,
  announcesTransfers: true,
};

/** A conversation told as what happened; asks for the effects of the last thing only. */
export class Conversation {
  state: TurnState = firstState;
  effects: readonly TurnEffect[] = [];
  #atMs = 0;

  constructor(readonly rules: TurnRules) {}

  after(ms: number): this {
    this.#atMs += ms;
    return this;
  }

  when(...inputs: readonly TurnInput[]): this {
    for (const input of inputs) {
      [this.state, this.effects] = step(this.state, { atMs: this.#atMs, input }, this.rules);
    }
    return this;
  }

  /** What has to be done, timers aside. */
  get does(): readonly TurnEffect[] {
    return this.effects.filter((effect) => effect.do !== 'set-timer' && effect.do !== 'stop-timer');
  }

  get doing(): readonly string[] {
    return this.does.map((effect) => effect.do);
  }

  timers(): Record<string, number | null> {
    const changes: Record<string, number | null> = {};
    for (const effect of this.effects) {
      if (effect.do === 'set-timer') changes[effect.timer] = effect.afterMs;
      if (effect.do === 'stop-timer') changes[effect.timer] = null;
    }
    return changes;
  }

  get said(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.do === 'say' ? [effect.text] : []));
  }
}

export function givenCall(rules: Partial<TurnRules> = {}): Conversation {
  return new Conversation({ ...plainRules, ...rules }).when({ type: 'joined' });
}

export const ended = (text: string, language: string | null = null): TurnInput => ({
  type: 'turn-ended',
  text,
  language,
});

/** The agent is in the middle of its answer to "Hello there". */
export function givenAnswer(rules: Partial<TurnRules> = {}): Conversation {
  const call = givenCall(rules).when(ended('Hello there'));
  const reply = call.state.reply?.number ?? 0;
  return call.when(
    { type: 'reply-speaks', reply },
    { type: 'reply-ended', reply },
    { type: 'play-started', utterance: reply },
  );
}
