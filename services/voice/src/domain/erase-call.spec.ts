import { describe, expect, it } from '@jest/globals';
import type { CallFact } from '@trunkline/contracts';
import { fold } from '@trunkline/kernel';
import { erasing, type EraseCall } from './erase-call.js';

const started = { type: 'call.started', data: { campaign: 'c-1' } } as CallFact;
const ended = (recording: 'none' | 'pending'): CallFact =>
  ({ type: 'call.ended', data: { recording } }) as CallFact;
const stored = { type: 'call.recording-stored', data: {} } as CallFact;
const erased: CallFact = { type: 'call.erased', data: { reason: 'asked to' } };
const erase: EraseCall = { reason: 'asked to', waitsForRecording: true };
const after = (facts: readonly CallFact[], command = erase): CallFact | undefined =>
  erasing.decide(fold(erasing, facts), command);

describe('forgetting a call', () => {
  it('is for calls that there are', () => {
    expect(() => after([])).toThrow(expect.objectContaining({ code: 'request.not-found' }));
  });

  it('waits for the end of the call', () => {
    expect(() => after([started])).toThrow(expect.objectContaining({ code: 'call.not-ended' }));
  });

  it('waits for its recording, which would come back otherwise', () => {
    const facts = [started, ended('pending')];
    expect(() => after(facts)).toThrow(expect.objectContaining({ code: 'call.not-ended' }));
    expect(after([...facts, stored])).toEqual(erased);
  });

  it('does not wait for a recording that never comes', () => {
    const command = { ...erase, waitsForRecording: false };
    expect(after([started, ended('pending')], command)).toEqual(erased);
  });

  it('happens once', () => {
    expect(after([started, ended('none')])).toEqual(erased);
    expect(after([started, ended('none'), erased])).toBeUndefined();
  });
});
