import type { FakeLine, FakePlatform } from './fake-platform.js';

const FRAME_BYTES = 160;
const audible = Buffer.alloc(FRAME_BYTES, Buffer.from([0x10, 0x10, 0x90, 0x90])).toString('base64');

export interface EchoAgentOptions {
  /** After so many silent frames it is the agent's turn. */
  readonly silentFrames: number;
  readonly replyFrames: number;
}

interface State {
  hasHeard: boolean;
  silent: number;
  replies: number;
  speaksUntilMs: number;
}

/** The simplest platform there is: greets, answers every utterance with a tone, yields when cut off. */
export function playEchoAgent(platform: FakePlatform, options: EchoAgentOptions): void {
  const states = new WeakMap<FakeLine, State>();
  platform.answer = ({ path }) =>
    path.endsWith('/answer')
      ? {
          body: `<Response><Connect><Stream url="${platform.wsUrl}/media"/></Connect></Response>`,
        }
      : {};
  platform.onMessage = (line, { event, streamSid, media }) => {
    const sid = String(streamSid);
    if (event === 'start') {
      const state = { hasHeard: false, silent: 0, replies: 0, speaksUntilMs: 0 };
      states.set(line, state);
      speak(line, { sid, state, frames: options.replyFrames });
    }
    const state = states.get(line);
    if (event !== 'media' || !state) return;
    // A long call would keep every frame.
    line.received.length = Math.min(line.received.length, 10);
    const isSilent = (media as { payload: string }).payload.startsWith('/////');
    hear(line, { sid, state, frames: options.replyFrames }, { isSilent, ...options });
  };
}

interface Speaking {
  readonly sid: string;
  readonly state: State;
  readonly frames: number;
}

function hear(
  { socket, ...line }: FakeLine,
  speaking: Speaking,
  { isSilent, silentFrames }: { readonly isSilent: boolean; readonly silentFrames: number },
): void {
  const { state, sid } = speaking;
  if (!isSilent) {
    if (Date.now() < state.speaksUntilMs) {
      state.speaksUntilMs = 0;
      socket.send(JSON.stringify({ event: 'clear', streamSid: sid }));
    }
    state.hasHeard = true;
    state.silent = 0;
    return;
  }
  state.silent += 1;
  if (!state.hasHeard || state.silent < silentFrames) return;
  state.hasHeard = false;
  speak({ socket, ...line }, speaking);
}

/** All at once: the carrier plays it in real time. */
function speak({ socket }: FakeLine, { sid, state, frames }: Speaking): void {
  state.replies += 1;
  state.speaksUntilMs = Date.now() + frames * 20;
  for (let each = 0; each < frames; each += 1) {
    socket.send(JSON.stringify({ event: 'media', streamSid: sid, media: { payload: audible } }));
  }
  const mark = { name: `reply-${state.replies}` };
  socket.send(JSON.stringify({ event: 'mark', streamSid: sid, mark }));
}
