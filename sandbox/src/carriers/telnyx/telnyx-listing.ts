import type { CarrierCall } from '../carrier-call.js';
import type { RestReply, RestRequest } from '../rest.js';
import type { Switchboard } from '../switchboard.js';
import { bearerIn, unauthorized } from './telnyx-replies.js';
import { idsOf } from './telnyx-words.js';

/** The cursor is the number of calls before it. */
export function activeCalls(
  request: RestRequest,
  { board, accountId }: { readonly board: Switchboard; readonly accountId: string },
): RestReply {
  const secret = bearerIn(request);
  const account = board.accounts.admit({ carrier: 'telnyx', accountId, secret });
  if (!account) return unauthorized();
  const limit = Math.min(Number(request.query.get('page[limit]') ?? 20) || 20, 250);
  const start = Number(request.query.get('page[after]') ?? 0) || 0;
  const alive = board.calls().filter((call) => call.options.account === account && !call.isOver);
  const page = alive.slice(start, start + limit);
  const after = start + page.length < alive.length ? String(start + page.length) : null;
  const cursors = { after, before: null };
  const meta = { cursors, total_items: page.length, next: null, previous: null };
  return { status: 200, body: { data: page.map(activeCall), meta } };
}

function activeCall(call: CarrierCall): object {
  const { callLegId, callSessionId } = idsOf(call);
  return {
    call_control_id: call.id,
    call_duration: call.durationSeconds,
    call_leg_id: callLegId,
    call_session_id: callSessionId,
    client_state: call.options.clientState ?? null,
    record_type: 'call',
  };
}
