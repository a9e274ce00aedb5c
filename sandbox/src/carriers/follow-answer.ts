import { readAnswer, type Verb } from './answer-document.js';
import type { Redirect } from './carrier-call.js';
import type { Post } from './signing.js';
import { connectStream } from './connect-stream.js';
import { pickUp } from './pick-up.js';
import type { RunningCall } from './running-call.js';

type Performed = Exclude<Verb, { verb: 'redirect' }>;

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

async function performCommand(running: RunningCall, verb: Performed): Promise<void> {
  try {
    if (verb.verb === 'dial') await running.call.socket?.close();
    if (verb.verb === 'say') running.tell({ kind: 'speak', state: 'started' });
    await perform(running, verb);
    if (verb.verb === 'say') running.tell({ kind: 'speak', state: 'ended' });
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
    await perform(running, verb);
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
    case 'dial':
      return await bridge(running, verb);
    case 'reject':
      return call.end(verb.isBusy ? 'busy' : 'rejected', 'document');
    case 'hang-up':
      return call.end('completed', 'document');
  }
}

async function say(running: RunningCall, text: string): Promise<void> {
  const { call, board } = running;
  const leg = pickUp(running);
  call.note(`says: ${text}`);
  await call.wait(
    leg.playUtterance(board.options.voice.utterance({ say: text })),
    call.followSignal,
  );
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
