import { sessionRequests as ask } from '@trunkline/contracts';
import { answer, type RequestHandler } from '@trunkline/platform';
import { eraseCall, type EraseParts } from '../app/erasing/erase-call.js';

export function eraseHandlers(parts: EraseParts): RequestHandler[] {
  return [
    answer(ask.eraseCall, async ({ params }, context) => {
      await eraseCall(parts, params.callId, context);
      return null;
    }),
  ];
}
