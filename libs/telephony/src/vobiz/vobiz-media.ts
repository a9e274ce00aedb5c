import type { Outbound, StreamStart } from '../media-message.js';
import { playable, PlivoSession, plivoTraits } from '../plivo/plivo-media.js';
import { MediaCodec, type MediaTraits } from '../ports.js';

const vobizTraits: MediaTraits = {
  ...plivoTraits,
  // `playedStream` may never come.
  markEcho: 'sometimes',
  tokenIn: 'path',
  digitsOut: 'tones',
};

export class VobizMedia extends MediaCodec {
  readonly traits = vobizTraits;

  open(): VobizSession {
    return new VobizSession(this.traits);
  }
}

/** Reads like Plivo; writes the stream's id into every message, and can end the stream. */
class VobizSession extends PlivoSession {
  protected override write(message: Outbound, start: StreamStart): string | null {
    const { streamId } = start;
    if (message.type === 'audio') {
      return JSON.stringify({ event: 'playAudio', streamId, media: playable(message.bytes) });
    }
    if (message.type === 'stop') return JSON.stringify({ event: 'stop', streamId });
    return message.type === 'dtmf' ? null : super.write(message, start);
  }
}
