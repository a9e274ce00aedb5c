import { GenericWire } from '../../carriers/media/generic-wire.js';
import { Leg } from '../../carriers/media/leg.js';
import { MediaSocket } from '../../carriers/media/media-socket.js';
import { Caller } from '../caller.js';
import type { CallerScript } from '../script.js';
import { Ticker } from '../ticker.js';
import { synthesizedSpeech, Voice, type OnSoonSpoken } from '../voice.js';
import type { Spoken } from './print-spoken.js';

export interface BrowserCall {
  readonly url: string;
  /** Travels as a subprotocol, never in the address. */
  readonly token: string;
  readonly sessionId: string;
  readonly script: CallerScript;
  /** Told before it is spoken; with real vendors nobody has to know. */
  readonly onSoon?: OnSoonSpoken;
  readonly signal: AbortSignal;
}

/** The caller without a carrier: on the socket that browsers use. */
export async function speakFromBrowser(call: BrowserCall): Promise<Spoken> {
  const voice = new Voice(synthesizedSpeech, call.onSoon);
  await voice.prepare(call.script);
  const notes: string[] = [];
  const socket = new MediaSocket({
    url: call.url,
    headers: {},
    protocols: ['trunkline.v1', `token.${call.token}`],
    wire: new GenericWire(call.sessionId),
    faults: {},
    note: (what) => notes.push(what),
    onDigits: (digits) => notes.push(`the agent sends ${digits}`),
  });
  const end = (): void => void socket.close();
  call.signal.addEventListener('abort', end, { once: true });
  if (!(await socket.opened())) {
    const { code } = await socket.ended;
    return { report: null, recording: undefined, outcome: `refused with ${code}`, notes };
  }
  const handset = { press: (digit: string) => socket.press(digit), hangUp: end };
  const caller = new Caller({ script: call.script, voice, handset });
  const leg = new Leg(caller, new Ticker());
  socket.start(leg);
  const { by, code, reason } = await socket.ended;
  leg.close();
  const outcome = `ended by ${by === 'carrier' ? 'caller' : by} (${code} ${reason})`;
  return { report: caller.report(), recording: caller.recording(), outcome, notes };
}
