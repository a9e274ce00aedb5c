import { carriers, tokenPattern, type Carrier } from '@trunkline/contracts';
import { carrierKits, GenericMedia, readBrowserOffer, type MediaCodec } from '@trunkline/telephony';

/** What the address and the handshake of an audio socket say. */
export interface MediaPath {
  /** As it stands in the path: a carrier, `browser` or `generic`. */
  readonly who: string;
  readonly carrier: Carrier | null;
  readonly callId: string;
  /** `null`: it comes with the first message. */
  readonly token: string | null;
  readonly media: MediaCodec;
  /** Nobody without a token is let in: browsers offer theirs with the handshake. */
  readonly needsToken: boolean;
}

const genericMedia = new GenericMedia();
const maxPathChars = 4096;
const shape = /^\/media\/(?<who>[a-z]+)\/(?<callId>[^/]+)(?:\/(?<token>[^/]*))?$/;

/** `/media/<who>/<callId>`, and the token behind it where a carrier returns nothing else. */
export function readMediaPath(url: string, subprotocols: string | undefined): MediaPath | null {
  const [path = ''] = url.split('?', 1);
  const found = path.length <= maxPathChars && shape.exec(path)?.groups;
  if (!found) return null;
  const { who = '', callId = '', token } = found;
  if (!tokenPattern.test(callId)) return null;
  const carrier = carriers.find((one) => one === who);
  if (carrier !== undefined) return carrierPath(carrier, callId, token);
  return token === undefined ? openPath(who, callId, subprotocols) : null;
}

function openPath(who: string, callId: string, subprotocols: string | undefined): MediaPath | null {
  if (who !== 'browser' && who !== 'generic') return null;
  const token = readBrowserOffer(subprotocols)?.token ?? null;
  const needsToken = who === 'browser';
  return { who, carrier: null, callId, token, media: genericMedia, needsToken };
}

function carrierPath(
  carrier: Carrier,
  callId: string,
  segment: string | undefined,
): MediaPath | null {
  const { media } = carrierKits[carrier];
  const needsToken = media.traits.tokenIn === 'path';
  if (!needsToken && segment !== undefined) return null;
  const isToken = segment !== undefined && /^[\w.~-]{1,2048}$/.test(segment);
  const token = isToken ? segment : null;
  return { who: carrier, carrier, callId, token, media, needsToken };
}
