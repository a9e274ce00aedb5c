import { readAnswer, type Gathering, type Verb } from './answer-document.js';
import type { Redirect } from './carrier-call.js';
import type { Post } from './signing.js';
import { connectStream } from './connect-stream.js';
import { gather, say } from './gather.js';
import { pickUp } from './pick-up.js';
import type { RunningCall } from './running-call.js';

type Commanded = Exclude<Verb, { verb: 'redirect' }>;
type Performed = Exclude<Commanded, { verb: 'gather' }>;

const MAX_DOCUMENTS = 20;
/** A dialled person talks to the caller for as long as nobody says otherwise. */
const BRIDGED_MS = 3_600_000;

/** Fetches the answer and does what it says, and then what other documents say that replace it. */
export async function followAnswer(running: RunningCall): Promise<void> {
  const { call, dialect } = running;
  const { document } = call.options;
  const post = dialect.answerPost(call);
  if (!post && document === undefined) return await obeyCommands(running);
  let next = document ?? (post && (await fetchDocument(running, post)));
  for (let count = 0; count < MAX_DOCUMENTS && next !== undefined; count += 1) {
    next = await followDocument(running, next);
    const redirect = call.takeRedirect();
    if (redirect) next = await documentOf(running, redirect);
  }
}

/** Call control: nothing happens but what REST says. */
async function obeyCommands(running: RunningCall): Promise<void> {
  const { call, tell } = running;
  const work = new Set<Promise<void>>();
  call.onCommand((command) => {
    if (command.verb === 'answer') {
      pickUp(running);
      tell({ kind: 'answered' });
      return;
    }
    const done = performCommand(running, command).finally(() => work.delete(done));
    work.add(done);
  });
  const early = call.takeEarlyStream();
  if (early) work.add(early());
  else if (call.options.streamOnAnswer && call.answeredAt) {
    call.command({ verb: 'stream', order: call.options.streamOnAnswer });
  }
  await call.ended();
  await Promise.all(work);
}

async function performCommand(running: RunningCall, verb: Commanded): Promise<void> {
  try {
    if (verb.verb === 'dial') await running.call.socket?.close();
    if (verb.verb === 'gather') {
      return running.tell({ kind: 'gathered', digits: await gather(running, verb) });
    }
    if (verb.verb === 'say') running.tell({ kind: 'speak', state: 'started' });
    await perform(running, verb);
    if (verb.verb === 'say') running.tell({ kind: 'speak', state: 'ended' });
    // Of two that were bridged the one who is left is hung up.
    if (verb.verb === 'meet') running.call.end('completed', 'carrier');
  } catch (error) {
    running.call.note(`command failed: ${String(error)}`);
  }
}

async function documentOf(running: RunningCall, redirect: Redirect): Promise<string | undefined> {
  if ('document' in redirect) return redirect.document;
  const post = running.dialect.answerPost(running.call);
  return await fetchDocument(running, { ...post, url: redirect.url });
}

async function fetchDocument(running: RunningCall, post: Post): Promise<string | undefined> {
  const { call, courier } = running;
  const answer = await courier.ask('answer', post);
  if (answer && answer.status >= 200 && answer.status < 300) return answer.body;
  call.note(`no answer document: ${answer?.status ?? 'no reply'}`);
  call.end('failed', 'carrier');
  return undefined;
}

/** The document to go on with, where there is one. */
async function followDocument(running: RunningCall, source: string): Promise<string | undefined> {
  const { call } = running;
  try {
    return await followVerbs(running, readAnswer(source));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    call.note(`answer document refused: ${error.message}`);
    call.end('failed', 'carrier');
    return undefined;
  }
}

async function followVerbs(
  running: RunningCall,
  verbs: readonly Verb[],
): Promise<string | undefined> {
  const signal = running.call.followSignal;
  for (const verb of verbs) {
    if (signal.aborted) return undefined;
    if (verb.verb === 'redirect') return await documentOf(running, { url: verb.url });
    if (verb.verb !== 'gather') await perform(running, verb);
    else {
      const next = await gatherByDocument(running, verb);
      if (next !== undefined) return next;
    }
  }
  return undefined;
}

async function perform(running: RunningCall, verb: Performed): Promise<void> {
  const { call } = running;
  switch (verb.verb) {
    case 'stream':
      return await connectStream(running, verb.order);
    case 'say':
      return await say(running, verb.text);
    case 'pause':
      await call.wait(verb.ms, call.followSignal);
      return;
    case 'digits':
      call.heardDigits.push(...verb.digits);
      return;
    case 'meet':
      return await meet(running, verb);
    case 'dial':
      return await bridge(running, verb);
    case 'reject':
      return call.end(verb.isBusy ? 'busy' : 'rejected', 'document');
    case 'hang-up':
      return call.end('completed', 'document');
  }
}

/** The document that the pressed keys lead to; nothing pressed, the next verb has its turn. */
async function gatherByDocument(
  running: RunningCall,
  asked: Gathering,
): Promise<string | undefined> {
  const { call, dialect } = running;
  const { actionUrl, tag } = asked;
  if (actionUrl === undefined || tag !== dialect.gatherTag) {
    throw new SyntaxError(`the verb <${tag ?? ''}> is not one of ${dialect.carrier}`);
  }
  const digits = await gather(running, asked);
  if (digits === '' || call.isOver) return undefined;
  return await fetchDocument(running, dialect.keysPost(call, actionUrl, digits));
}

async function meet(
  running: RunningCall,
  { room, timeLimitSeconds }: Extract<Performed, { verb: 'meet' }>,
): Promise<void> {
  const { call, board, tell } = running;
  const { account } = call.options;
  await board.rooms.stay(`${account.carrier}/${account.accountId}/${room}`, {
    ...{ call, leg: pickUp(running) },
    limitMs: Math.min((timeLimitSeconds ?? BRIDGED_MS) * 1000, BRIDGED_MS),
    onJoined: () => tell({ kind: 'bridged' }),
  });
}

/** A cold transfer: whoever is dialled talks to the caller until one of them has had enough. */
async function bridge(
  running: RunningCall,
  dial: { readonly to: string; readonly timeLimitSeconds: number | undefined },
): Promise<void> {
  const { call, board } = running;
  pickUp(running);
  const callee = board.callees.find(dial.to, call.options.account.accountId);
  call.note(`dials ${dial.to}`);
  if (!(await call.wait(callee.ringAfterMs + callee.answerAfterMs, call.followSignal))) return;
  call.note(callee.outcome === 'answer' ? `bridged to ${dial.to}` : `dial: ${callee.outcome}`);
  if (callee.outcome !== 'answer') return;
  const limitMs = Math.min((dial.timeLimitSeconds ?? BRIDGED_MS) * 1000, BRIDGED_MS);
  await call.wait(limitMs, call.followSignal);
}
