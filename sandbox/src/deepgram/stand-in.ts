import { randomUUID } from 'node:crypto';
import type { Desk } from '../core/desk.js';
import { faultsOf } from '../core/faults.js';
import { Outlet } from '../core/outlet.js';
import type { StandIn } from '../core/stand-in.js';
import { Hearing, type SoundFormat } from '../speech/hearing.js';
import {
  admit,
  badRequest,
  deepgramFaults,
  notFound,
  refuse,
  type Knock,
  type Refusal,
} from './front-door.js';
import { ListenV1 } from './listen-v1.js';
import { ListenV2 } from './listen-v2.js';
import { parametersOf, v1Query, v2Query } from './queries.js';
import { provider, type Session } from './session.js';
import { deepgramSettings, defaultSettings, type DeepgramSettings } from './settings.js';

/** Deepgram's live transcription: `/v1/listen` (Nova) and `/v2/listen` (Flux). */
export function deepgramStandIn(desk: Desk): StandIn {
  let settings: DeepgramSettings = defaultSettings;
  return {
    name: provider,
    faults: faultsOf(deepgramFaults),
    upgrade(...[request, socket, head, path]) {
      const knock = { request, socket, head, path, requestId: randomUUID() };
      void answer(knock, desk, settings).catch((error: unknown) => {
        socket.destroy(error instanceof Error ? error : undefined);
      });
    },
    control: ({ path, method, body }) => {
      if (path !== '/settings') return Promise.resolve(undefined);
      if (method === 'POST') settings = { ...settings, ...givenSettings(body) };
      return Promise.resolve(settings);
    },
    reset: () => {
      settings = defaultSettings;
    },
  };
}

/** Without the defaults of those left out. */
function givenSettings(body: unknown): Partial<DeepgramSettings> {
  const parsed = deepgramSettings.parse(body);
  const names = Object.keys(body as object);
  return Object.fromEntries(Object.entries(parsed).filter(([name]) => names.includes(name)));
}

async function answer(knock: Knock, desk: Desk, settings: DeepgramSettings): Promise<void> {
  const admitted = await admit(knock, desk);
  if (!admitted) return;
  const listening = listeningFor(knock.path);
  if ('code' in listening) return refuse(knock, desk, listening);
  const { requestId } = knock;
  const socket = await desk.sockets.accept(provider, knock, [`dg-request-id: ${requestId}`]);
  const outlet = new Outlet(socket, admitted.streamFault);
  const hearing = new Hearing(desk.utterances, listening.format);
  listening.start({ requestId, socket, outlet, hearing, settings, stamps: desk.stamps });
}

interface Listening {
  readonly format: SoundFormat;
  start(session: Session): void;
}

function listeningFor(path: string): Listening | Refusal {
  const { pathname, searchParams } = new URL(path, 'http://sandbox');
  const parameters = parametersOf(searchParams);
  switch (pathname) {
    case '/v1/listen': {
      const { data, error } = v1Query.safeParse(parameters);
      if (!data) return badRequest(error);
      const format = { encoding: data.encoding, rateHz: data.sample_rate };
      return { format, start: (session) => new ListenV1(session, data).listen() };
    }
    case '/v2/listen': {
      const { data, error } = v2Query.safeParse(parameters);
      if (!data) return badRequest(error);
      const format = { encoding: data.encoding, rateHz: data.sample_rate };
      return { format, start: (session) => new ListenV2(session, data).listen() };
    }
    default:
      return notFound;
  }
}
