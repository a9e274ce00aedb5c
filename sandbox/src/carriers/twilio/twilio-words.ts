import { randomBytes } from 'node:crypto';
import type { CallOutcome, CarrierCall } from '../carrier-call.js';

export const twilioFinals: Readonly<Record<CallOutcome, string>> = {
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
  canceled: 'canceled',
  // A declined call is told as a busy one.
  rejected: 'busy',
  'time-limit': 'completed',
};

export function twilioStatus(call: CarrierCall): string {
  return call.outcome === undefined ? call.state : twilioFinals[call.outcome];
}

export const newCallSid = (): string => `CA${randomBytes(16).toString('hex')}`;
