import type { Callee, DialOutcome } from './callees.js';
import type { CallOutcome, CarrierCall } from './carrier-call.js';
import { CallFaults } from './carrier-faults.js';
import { Courier } from './courier.js';
import type { CarrierNews } from './dialect.js';
import { connectBeforeAnswer } from './connect-stream.js';
import { followAnswer } from './follow-answer.js';
import { pickUp } from './pick-up.js';
import type { CallWorld, RunningCall } from './running-call.js';

const outcomes: Readonly<Record<Exclude<DialOutcome, 'answer'>, CallOutcome>> = {
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
  rejected: 'rejected',
};

/** One call from its creation to the last webhook about it. */
export async function runCall(call: CarrierCall, world: CallWorld): Promise<void> {
  const { board, dialect } = world;
  const { account, direction } = call.options;
  const faults = new CallFaults(board.options.faults, call);
  const courier = new Courier({
    call,
    faults,
    sign: (post) => dialect.sign(post, account),
    attempts: dialect.webhookAttempts,
  });
  const tell = (news: CarrierNews): void => {
    const post = dialect.newsPost(call, news);
    if (post) courier.tell(news.kind, post);
  };
  const running: RunningCall = { ...world, call, faults, courier, tell };
  const limited = keepLimit(call);
  if (direction === 'outbound') await dial(running);
  else await ring(running);
  // A call whose document has run out is over.
  call.end('completed', 'document');
  await limited;
  await hangUp(running);
  tell({ kind: 'ended' });
  await courier.settled();
}

/** Looked at anew each second, because REST may change it. */
async function keepLimit(call: CarrierCall): Promise<void> {
  while (await call.wait(1_000)) {
    if (call.durationSeconds > call.timeLimitSeconds) call.end('time-limit', 'carrier');
  }
}

async function dial(running: RunningCall): Promise<void> {
  const { call, board, tell } = running;
  const { to, account, ringSeconds } = call.options;
  const callee = board.callees.find(to, account.accountId);
  await board.options.voice.prepare(call.options.script ?? callee.script);
  call.state = 'initiated';
  tell({ kind: 'initiated' });
  if (!(await call.wait(callee.ringAfterMs))) return;
  if (callee.outcome === 'failed') return call.end('failed', 'carrier');
  call.state = 'ringing';
  tell({ kind: 'ringing' });
  await connectEarly(running);
  const rings = callee.outcome === 'no-answer' ? Infinity : callee.answerAfterMs;
  const isTimeout = rings > ringSeconds * 1000;
  if (!(await call.wait(Math.min(rings, ringSeconds * 1000)))) return;
  if (isTimeout || callee.outcome === 'no-answer') return call.end('no-answer', 'carrier');
  if (callee.outcome !== 'answer') return call.end(outcomes[callee.outcome], 'person');
  await Promise.all([answer(running, callee.script), detectMachine(running, callee)]);
}

async function connectEarly(running: RunningCall): Promise<void> {
  const { call, faults } = running;
  const { streamOnAnswer: order } = call.options;
  if (!order || !faults.has('open-before-answer')) return;
  call.keepEarlyStream(await connectBeforeAnswer(running, order));
}

async function ring(running: RunningCall): Promise<void> {
  running.call.state = 'ringing';
  if (!running.dialect.answerPost(running.call)) running.tell({ kind: 'initiated' });
  await followAnswer(running);
}

async function answer(running: RunningCall, script: Callee['script']): Promise<void> {
  const { call, tell } = running;
  pickUp(running, call.options.script ?? script);
  tell({ kind: 'answered' });
  await followAnswer(running);
}

async function detectMachine(running: RunningCall, callee: Callee): Promise<void> {
  const { call, tell } = running;
  if (call.options.machineDetection === undefined) return;
  if (!(await call.wait(callee.detectAfterMs))) return;
  const { machine: verdict } = callee;
  tell({ kind: 'machine', verdict, phase: 'detection' });
  if (verdict !== 'machine') return;
  if (!(await call.wait(Math.max(0, callee.greetingEndsAfterMs - callee.detectAfterMs)))) return;
  tell({ kind: 'machine', verdict, phase: 'greeting' });
}

async function hangUp({ call }: RunningCall): Promise<void> {
  await call.socket?.close();
  const { leg } = call;
  if (!leg) return;
  leg.close();
  call.report = leg.caller.report();
  call.recording = leg.caller.recording();
}
