import { TooLarge, sendReply } from '../core/exchange.js';
import type { Exchange } from '../core/stand-in.js';
import { Pacer } from '../model/pacer.js';
import type { Shop } from './connection.js';
import { keyIn, metAtTheDoor } from './front-door.js';
import { badKey, badRequest, type CartesiaError } from './messages.js';
import { bytesRequest, type BytesRequest } from './requests.js';
import { streamedWavHeader } from './wav-header.js';

/** `POST /tts/bytes`: the speech as the body, streamed while it is made. */
export async function answerBytes(exchange: Exchange, shop: Shop): Promise<void> {
  const { key, version } = keyIn(exchange.request, exchange.query);
  if (key === undefined) return refuse(exchange, badKey);
  if (version === undefined) return refuse(exchange, badRequest('Cartesia-Version is missing.'));
  const request = bytesRequest.safeParse(await jsonOf(exchange));
  if (!request.success) {
    const issue = request.error.issues[0];
    return refuse(exchange, badRequest(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`));
  }
  const text = `${exchange.path}\n${request.data.transcript}`;
  const met = await metAtTheDoor(shop.desk, { key, text }, exchange.request.socket);
  if (met === 'stays out') return;
  if (met) return refuse(exchange, met);
  await stream(exchange, shop, request.data);
}

async function stream(
  { response }: Exchange,
  shop: Shop,
  { transcript, output_format: format, language }: BytesRequest,
): Promise<void> {
  const { encoding, sample_rate: rateHz } = format;
  const { firstByteMs, speed } = shop.settings();
  const pacer = new Pacer((error) => response.destroy(error instanceof Error ? error : undefined));
  response.once('close', () => pacer.clear());
  const firstByteAtMs = performance.now() + firstByteMs;
  const at = (paceMs: number, send: () => void): void => {
    const notBeforeMs = Math.max(firstByteAtMs, performance.now());
    if (!pacer.add({ notBeforeMs, paceMs, send })) response.destroy();
  };
  const isWav = format.container === 'wav';
  at(0, () => {
    response.writeHead(200, { 'content-type': isWav ? 'audio/wav' : 'application/octet-stream' });
    if (isWav) response.write(streamedWavHeader(encoding, rateHz));
  });
  const sound = { encoding, rateHz, language: language ?? undefined };
  const { chunks } = await shop.renderer.render(transcript, sound);
  if (response.destroyed) return;
  for (const { data, durationMs } of chunks) {
    at(durationMs / speed, () => response.write(Buffer.from(data, 'base64')));
  }
  at(0, () => response.end());
}

function refuse({ response }: Exchange, { status, code, title, message }: CartesiaError): void {
  sendReply(response, { status, body: { error_code: code, title, message } });
}

async function jsonOf(exchange: Exchange): Promise<unknown> {
  try {
    return JSON.parse((await exchange.body()).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TooLarge) return undefined;
    throw error;
  }
}
