import type { StreamOrder } from './media/wire.js';
import { parseXml, type XmlElement } from './xml.js';

/** What a call does next; the words of all four carriers' documents. */
export type Verb =
  | { readonly verb: 'stream'; readonly order: StreamOrder }
  | { readonly verb: 'say'; readonly text: string }
  | { readonly verb: 'pause'; readonly ms: number }
  | { readonly verb: 'dial'; readonly to: string; readonly timeLimitSeconds: number | undefined }
  | Gathering
  /** Whoever is in a room of the same name hears and is heard; one who leaves ends it. */
  | { readonly verb: 'meet'; readonly room: string; readonly timeLimitSeconds: number | undefined }
  | { readonly verb: 'redirect'; readonly url: string }
  | { readonly verb: 'reject'; readonly isBusy: boolean }
  | { readonly verb: 'hang-up' }
  | { readonly verb: 'digits'; readonly digits: string };

export interface Gathering {
  readonly verb: 'gather';
  readonly says: readonly string[];
  readonly numDigits: number;
  readonly timeoutMs: number;
  /** How often it is said; then nothing was pressed. */
  readonly tries: number;
  /** Left out by carriers that tell by webhook. */
  readonly actionUrl?: string;
  readonly tag?: string;
}

/** Throws SyntaxError with what a carrier's debugger would say. */
export function readAnswer(source: string): readonly Verb[] {
  const root = parseXml(source);
  if (root.name !== 'Response') throw new SyntaxError('the root is not <Response>');
  return root.children.flatMap(readVerb);
}

const readers: Readonly<Record<string, (element: XmlElement) => readonly Verb[]>> = {
  Connect: ({ children }) => children.map(readStream),
  Start: ({ children }) => children.map(readStream),
  Stream: (element) => [readStream(element)],
  Say: ({ text }) => [{ verb: 'say', text: text.trim() }],
  Speak: ({ text }) => [{ verb: 'say', text: text.trim() }],
  Pause: ({ attributes }) => [readPause(attributes['length'])],
  Wait: ({ attributes }) => [readPause(attributes['length'])],
  Dial: (element) => [readDial(element)],
  Conference: (element) => [readRoom(element)],
  Gather: (element) => [readGather(element)],
  GetInput: (element) => [readGather(element)],
  Redirect: ({ text }) => [{ verb: 'redirect', url: text.trim() }],
  Reject: ({ attributes }) => [{ verb: 'reject', isBusy: attributes['reason'] === 'busy' }],
  Hangup: ({ attributes }) => [readHangUp(attributes['reason'])],
  DTMF: ({ text }) => [{ verb: 'digits', digits: text.trim() }],
};

function readVerb(element: XmlElement): readonly Verb[] {
  const read = Object.hasOwn(readers, element.name) ? readers[element.name] : undefined;
  if (!read) throw new SyntaxError(`the verb <${element.name}> is not simulated`);
  return read(element);
}

function readPause(length: string | undefined): Verb {
  return { verb: 'pause', ms: Number(length ?? 1) * 1000 };
}

/** Plivo has no verb to reject: a reason does it. */
function readHangUp(reason: string | undefined): Verb {
  return reason === undefined ? { verb: 'hang-up' } : { verb: 'reject', isBusy: reason === 'busy' };
}

function readStream(element: XmlElement): Verb {
  if (element.name !== 'Stream') throw new SyntaxError(`<${element.name}> is not simulated`);
  const { attributes } = element;
  const url = attributes['url'] ?? element.text.trim();
  if (!/^wss?:\/\/[^\s]+$/.test(url)) throw new SyntaxError('<Stream> without a ws(s):// URL');
  const statusUrl = attributes['statusCallback'] ?? attributes['statusCallbackUrl'];
  const maxRetries = attributes['maxRetries'];
  return {
    verb: 'stream',
    order: {
      url,
      parameters: parametersOf(element),
      ...(statusUrl === undefined ? {} : { statusUrl }),
      ...(attributes['contentType'] === undefined
        ? {}
        : { contentType: attributes['contentType'] }),
      ...(maxRetries === undefined ? {} : { maxRetries: Number(maxRetries) }),
    },
  };
}

/** `<Parameter>` of Twilio and Telnyx; Plivo's `extraHeaders="a=1,b=2"`. */
function parametersOf(element: XmlElement): Readonly<Record<string, string>> {
  const named = element.children
    .filter((child) => child.name === 'Parameter')
    .map(({ attributes }) => [attributes['name'] ?? '', attributes['value'] ?? ''] as const);
  const extra = (element.attributes['extraHeaders'] ?? '')
    .split(',')
    .filter((pair) => pair.includes('='))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
  return Object.fromEntries([...named, ...extra]);
}

function readRoom(element: XmlElement, limit = element.attributes['timeLimit']): Verb {
  const room = element.text.trim();
  if (room === '') throw new SyntaxError('<Conference> without a name');
  const timeLimitSeconds = limit === undefined ? undefined : Number(limit);
  return { verb: 'meet', room, timeLimitSeconds };
}

/** Twilio counts seconds as `timeout`, Plivo and Vobiz as `executionTimeout`. */
function readGather({ name, attributes, children }: XmlElement): Verb {
  const actionUrl = attributes['action'];
  if (!actionUrl) throw new SyntaxError(`<${name}> without an action`);
  const asked = attributes['input'] ?? attributes['inputType'] ?? 'dtmf';
  if (asked !== 'dtmf') throw new SyntaxError(`<${name}> of ${asked} is not simulated`);
  const seconds = Number(attributes['timeout'] ?? attributes['executionTimeout'] ?? 5);
  const says = children.flatMap(readVerb).map((verb) => (verb.verb === 'say' ? verb.text : ''));
  const numDigits = Number(attributes['numDigits'] ?? 1);
  return {
    ...{ verb: 'gather', says, numDigits, timeoutMs: seconds * 1000, tries: 1 },
    ...{ actionUrl, tag: name },
  };
}

function readDial(element: XmlElement): Verb {
  const room = element.children.find((child) => child.name === 'Conference');
  if (room) return readRoom(room, element.attributes['timeLimit']);
  const number = element.children.find((child) => child.name === 'Number');
  const to = (number?.text ?? element.text).trim();
  if (!/^\+?\d{3,15}$/.test(to)) throw new SyntaxError('<Dial> without a number');
  const limit = element.attributes['timeLimit'];
  return {
    verb: 'dial',
    to: to.startsWith('+') ? to : `+${to}`,
    timeLimitSeconds: limit === undefined ? undefined : Number(limit),
  };
}
