import type { Carrier } from '@trunkline/contracts';
import { z } from 'zod';
import type { Desk, StandInFactory } from '../core/desk.js';
import { doorFaults } from '../core/faults.js';
import { sendReply, singleHeaders } from '../core/exchange.js';
import type { Exchange, StandIn } from '../core/stand-in.js';
import { carrierFaults } from './carrier-faults.js';
import { CarriersControl } from './carriers-control.js';
import type { Dialect } from './dialect.js';
import { plivoDialect, vobizDialect } from './plivo/plivo-dialect.js';
import type { RestReply, RestRequest } from './rest.js';
import { Switchboard, type SwitchboardOptions } from './switchboard.js';
import { telnyxDialect } from './telnyx/telnyx-dialect.js';
import { twilioDialect } from './twilio/twilio-dialect.js';

const dialects: Readonly<Record<Carrier, Dialect>> = {
  twilio: twilioDialect,
  telnyx: telnyxDialect,
  plivo: plivoDialect,
  vobiz: vobizDialect,
};

export type BoardOptions = Omit<SwitchboardOptions, 'faults' | 'dialects'>;

/** Five stand-ins around one switchboard: the four carriers, and `carriers` to be told what to do. */
export function carrierStandIns(
  optionsFor: (desk: Desk) => BoardOptions,
): readonly StandInFactory[] {
  const boards = new WeakMap<Desk, Switchboard>();
  const boardOf = (desk: Desk): Switchboard => {
    const board =
      boards.get(desk) ?? new Switchboard({ ...optionsFor(desk), dialects, faults: desk.faults });
    boards.set(desk, board);
    return board;
  };
  const ofCarriers = Object.values(dialects).map(
    (dialect): StandInFactory =>
      (desk) =>
        carrierStandIn(dialect, { desk, board: boardOf(desk) }),
  );
  return [...ofCarriers, (desk) => controlStandIn(boardOf(desk))];
}

function controlStandIn(board: Switchboard): StandIn {
  const control = new CarriersControl(board);
  return {
    name: 'carriers',
    faults: z.never(),
    control: (order) => control.answer(order),
    reset: () => board.callees.clear(),
    close: () => board.hangUpAll(),
  };
}

interface Place {
  readonly desk: Desk;
  readonly board: Switchboard;
}

function carrierStandIn(dialect: Dialect, place: Place): StandIn {
  return {
    name: dialect.carrier,
    faults: carrierFaults,
    request: (exchange) => answer(dialect, place, exchange),
  };
}

async function answer(dialect: Dialect, place: Place, exchange: Exchange): Promise<boolean> {
  const request = await readRequest(exchange);
  if (!/[/_]call/i.test(request.path)) return false;
  const reply =
    request.method === 'GET'
      ? await dialect.rest(request, place.board)
      : await change(dialect, place, request);
  if (!reply) return false;
  if (reply !== 'never') send(exchange, reply);
  return true;
}

async function readRequest(exchange: Exchange): Promise<RestRequest> {
  const { request, path, query } = exchange;
  return {
    method: request.method ?? 'GET',
    path,
    query,
    headers: singleHeaders(request),
    body: (await exchange.body()).toString('utf8'),
  };
}

/** Entered in the ledger whatever comes of it. `never`: no answer until the platform gives up. */
async function change(
  dialect: Dialect,
  place: Place,
  request: RestRequest,
): Promise<RestReply | 'never' | undefined> {
  const fault = await faultReply(dialect, place, request);
  if (fault === 'never') return fault;
  const reply = fault ?? (await dialect.rest(request, place.board));
  if (!reply) return undefined;
  const isUnanswered = isAccepted(reply) && isCreate(reply) && isForgotten(dialect, place, request);
  enter(dialect, place, { request, reply, isUnanswered });
  return isUnanswered ? 'never' : reply;
}

const isAccepted = (reply: RestReply): boolean => reply.status < 400;
const isCreate = (reply: RestReply): boolean => reply.did?.command === 'create';

/** Created, but the platform never learns it. */
function isForgotten({ carrier }: Dialect, { desk }: Place, request: RestRequest): boolean {
  const kinds = ['timeout-after-accept'];
  return desk.faults.take<string>({ ...meeting(carrier, request), kinds }) !== undefined;
}

const meeting = (provider: Carrier, { path, body }: RestRequest) => ({
  provider,
  key: /\/Accounts?\/([A-Za-z0-9_-]+)/.exec(path)?.[1] ?? /"connection_id":"(\w+)"/.exec(body)?.[1],
  text: `${path} ${body}`,
});

async function faultReply(
  dialect: Dialect,
  { desk }: Place,
  request: RestRequest,
): Promise<RestReply | 'never' | undefined> {
  const fault = desk.faults.take({ ...meeting(dialect.carrier, request), kinds: doorFaults });
  switch (fault?.kind) {
    case undefined:
      return undefined;
    case 'slow':
      await new Promise((done) => setTimeout(done, fault.delayMs));
      return undefined;
    case 'stall':
      return 'never';
    case 'rate-limit':
      return dialect.rateLimited();
    case 'refuse':
      return { status: fault.status, body: { message: 'refused', error: 'refused' } };
    case 'server-error':
      return { status: fault.status, body: 'Service Unavailable' };
  }
}

interface Entered {
  readonly request: RestRequest;
  readonly reply: RestReply;
  readonly isUnanswered: boolean;
}

function enter({ carrier }: Dialect, { board }: Place, { request, reply, isUnanswered }: Entered) {
  const { did, status } = reply;
  board.ledger.add({
    at: new Date().toISOString(),
    carrier,
    accountId: did?.accountId ?? '',
    method: request.method,
    path: request.path,
    command: did?.command ?? 'refused',
    status: isUnanswered ? 0 : status,
    isAccepted: isAccepted(reply),
    ...(did?.key === undefined ? {} : { key: did.key }),
    ...(did?.callId === undefined ? {} : { callId: did.callId }),
  });
}

function send({ response }: Exchange, { status, body, headers }: RestReply): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const isText = typeof body === 'string';
  sendReply(response, {
    status,
    body,
    ...(headers ? { headers } : {}),
    ...(isText ? { text: true } : {}),
  });
}
