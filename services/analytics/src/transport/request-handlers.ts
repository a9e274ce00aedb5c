import { callRequests as ask } from '@trunkline/contracts';
import { answer, type RequestHandler } from '@trunkline/platform';
import type { AnalyticsApp } from '../app/analytics-app.js';
import * as calls from '../app/read-calls.js';

/** One handler per request: nothing but the way from the wire to the use case. */
export function analyticsHandlers(app: AnalyticsApp): RequestHandler[] {
  return [
    answer(ask.listCalls, ({ query }, context) => calls.listCalls(app, context, query)),
    answer(ask.getCall, ({ params }, context) => calls.getCall(app, context, params.callId)),
    answer(ask.getRecording, ({ params }, context) =>
      calls.getRecording(app, context, params.callId),
    ),
    answer(ask.getCallEvents, ({ params }, context) =>
      calls.getCallEvents(app, context, params.callId),
    ),
    answer(ask.getCallLog, ({ params }, context) => calls.getCallLog(app, context, params.callId)),
  ];
}
