import { describe, expect, it } from '@jest/globals';
import { FaultGate } from './projector-gate.js';

const never = new AbortController().signal;

describe('the gate', () => {
  it('opens when the last holder that failed has left', async () => {
    const gate = new FaultGate(1);
    const [one, other] = [{}, {}];
    await gate.open();
    await gate.wait(one, 1, never);
    await gate.wait(other, 1, never);
    let isOpen = false;
    const opening = gate.open().then(() => (isOpen = true));
    gate.leave(one);
    await Promise.resolve();
    expect([isOpen, gate.isShut]).toEqual([false, true]);
    gate.leave(other);
    await opening;
    expect(gate.isShut).toBe(false);
  });

  it('keeps nobody at the end, and no holder past its signal', async () => {
    const gate = new FaultGate(60_000);
    const abort = new AbortController();
    const waiting = gate.wait({}, 20, abort.signal);
    const opening = gate.open();
    abort.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    gate.end();
    await opening;
  });
});
