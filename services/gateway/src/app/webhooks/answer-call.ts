import {
  agentsRuntimeRequests,
  campaignsRuntimeRequests,
  voiceRequests,
  type Admission,
  type CallPlan,
  type SecondLegStep,
  type WhenNoRoom,
} from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { actingFor, derivedId, type RequestContext } from '@trunkline/platform';
import { readNumber, type AnswerText, type CallNews } from '@trunkline/telephony';
import type { BelievedWebhook } from './believe.js';
import { enqueue } from './enqueue.js';
import type { WebhookParts } from './ports.js';

/** Until the carrier has opened its socket. */
const HOLD_MS = 30_000;
const busyText = 'All lines are busy at the moment. Please call again later.';
/** Of a call that was forwarded: nobody of ours is on it. */
const FORWARDED_LIMIT_SECONDS = 3600;
const sorryText = 'We are sorry, this call cannot be connected.';

type About = Extract<CallNews, { readonly carrierCallId: string }>;

/** Room first, then the document: an incoming call is only answered by who can take it. */
export async function answerIncoming(
  parts: WebhookParts,
  believed: BelievedWebhook,
): Promise<AnswerText> {
  const { kit, account } = believed;
  const news = aboutCall(believed.news);
  const { tenant, carrierAccount } = account;
  const callId = derivedId([tenant, carrierAccount, news.carrierCallId]);
  const context = actingFor('gateway', { tenant, correlationId: believed.received.requestId });
  const parties = 'to' in news ? news : { from: null, to: null };
  const number = readNumber(parties.to);
  const from = readNumber(parties.from);
  const found = number && (await routeOf(parts, context, { carrierAccount, number }));
  if (!found) return kit.answers.busy();
  const { agent, version } = found;
  const place = await orNobody(parts, callId, () =>
    reserve(parts, context, {
      ...{ callId, agent, version, from, to: number, carrierAccount, carrier: account.carrier },
      ...{ kind: 'phone', direction: 'inbound', mode: null, variables: {}, holdMs: HOLD_MS },
      ...{ campaign: null, contact: null, conversation: null, user: null },
    }),
  );
  if (!place) return fullDocument(kit, number, found.whenNoRoom);
  if (!kit.answers.limitsDuration) {
    const { timeLimitSeconds } = place;
    await enqueue(parts, believed, { callId, timeLimitSeconds });
  }
  return streamDocument(believed, callId, place);
}

/** A leg that we dialled was answered: a token is made now, and not before it rang. */
export async function answerOutgoing(
  parts: WebhookParts,
  believed: BelievedWebhook,
  callId: string,
): Promise<AnswerText> {
  const { account, kit, received } = believed;
  const { carrierCallId } = aboutCall(believed.news);
  const of = { tenant: account.tenant, correlationId: received.requestId };
  const asked = { callId, carrierCallId };
  const definition = campaignsRuntimeRequests.answerDial;
  const next = await orNobody(parts, callId, () =>
    parts.requests.ask(definition, asked, actingFor('gateway', of)),
  );
  if (!next) return kit.answers.sayAndHangUp(sorryText);
  return 'do' in next
    ? stepDocument(parts, believed, { callId, step: next })
    : streamDocument(believed, callId, next);
}

/** A leg of a transfer asks how to go on: a key was pressed, or the caller was moved. */
export async function guideLeg(
  parts: WebhookParts,
  believed: BelievedWebhook,
  of: { readonly callId: string; readonly has: 'keyed' | 'moved' },
): Promise<AnswerText> {
  const { account, kit, received, news } = believed;
  const { carrierCallId } = aboutCall(news);
  const digits = news.kind === 'dtmf' ? news.digits.slice(0, 64) : '';
  const asker = { tenant: account.tenant, correlationId: received.requestId };
  const { guideLeg: definition } = campaignsRuntimeRequests;
  const step = await orNobody(parts, of.callId, () =>
    parts.requests.ask(definition, { ...of, carrierCallId, digits }, actingFor('gateway', asker)),
  );
  // Who was moved and is let in nowhere shall at least hear it.
  const isLost = step?.do !== 'meet' && of.has === 'moved';
  return step && !isLost
    ? stepDocument(parts, believed, { callId: of.callId, step })
    : kit.answers.sayAndHangUp(sorryText);
}

function stepDocument(
  parts: WebhookParts,
  { kit, account }: BelievedWebhook,
  { callId, step }: { readonly callId: string; readonly step: SecondLegStep },
): AnswerText {
  switch (step.do) {
    case 'hear': {
      const { text, language } = step;
      const { carrier, carrierAccount } = account;
      const path = `/webhooks/${carrier}/${carrierAccount}/calls/${callId}/keys`;
      const keysUrl = `${parts.publicBaseUrl.replace(/\/+$/, '')}${path}`;
      return kit.answers.hear({ text, language, keysUrl });
    }
    case 'meet':
      return kit.answers.meet(step);
    case 'leave':
      return kit.answers.leave();
  }
}

/** With the number that was called as caller id: the carrier knows that it is the tenant's. */
function fullDocument(
  { answers }: BelievedWebhook['kit'],
  number: string,
  whenNoRoom: WhenNoRoom,
): AnswerText {
  if (whenNoRoom === null) return answers.busy(busyText);
  if (whenNoRoom.do === 'say') return answers.sayAndHangUp(whenNoRoom.text, whenNoRoom.language);
  const { to } = whenNoRoom;
  return answers.dial({ to, callerId: number, timeLimitSeconds: FORWARDED_LIMIT_SECONDS });
}

function aboutCall(news: CallNews): About {
  if ('carrierCallId' in news) return news;
  throw new AppError('request.invalid');
}

function streamDocument(
  { kit }: BelievedWebhook,
  callId: string,
  { url, streamToken: token, timeLimitSeconds }: Admission,
): AnswerText {
  return kit.answers.streamTo({ url, token, timeLimitSeconds, parameters: { callId } });
}

async function routeOf(
  parts: WebhookParts,
  context: RequestContext,
  line: { readonly carrierAccount: string; readonly number: string },
) {
  try {
    const asked = { ...line, direction: 'inbound' } as const;
    return await parts.requests.ask(agentsRuntimeRequests.resolveRoute, asked, context);
  } catch (error) {
    if (isAppError(error) && error.code === 'request.not-found') return undefined;
    throw error;
  }
}

async function reserve(
  parts: WebhookParts,
  context: RequestContext,
  plan: CallPlan,
): Promise<Admission> {
  const limit = new AbortController();
  const late = new AppError('voice.no-room', { retryable: true });
  const timer = setTimeout(() => limit.abort(late), parts.reserveLimitMs);
  try {
    const asker = { ...context, signal: limit.signal };
    return await parts.requests.ask(voiceRequests.reserve, plan, asker);
  } finally {
    clearTimeout(timer);
  }
}

/** Whoever is on the line hears a word, whatever keeps us from taking the call. */
const noRoom = new Set([
  'voice.no-room',
  'service.timeout',
  'service.unavailable',
  'request.not-found',
  'agent.archived',
  'agent.no-such-version',
]);

async function orNobody<T>(
  parts: WebhookParts,
  callId: string,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!isAppError(error) || !noRoom.has(error.code)) throw error;
    parts.logger.info('call.not-taken', { callId, code: error.code });
    return undefined;
  }
}
