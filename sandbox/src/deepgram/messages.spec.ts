import type { Deepgram } from '@deepgram/sdk';
import { describe, expect, it } from '@jest/globals';
import { v1Query, v2Query } from './queries.js';
import { metadataMessage, resultsMessage, speechStarted, utteranceEnd } from './v1-messages.js';
import {
  configureFailure,
  configureSuccess,
  connected,
  fatalError,
  turnInfo,
} from './v2-messages.js';

const words = [{ text: 'Hello,', startMs: 100, endMs: 432.6 }];
const address = { requestId: 'r', sequenceId: 3 };

/** Each of them compiles only while it has the shape the vendor's own types have. */
describe("messages of the vendor's shape", () => {
  it('v1', () => {
    const query = v1Query.parse({ encoding: 'mulaw', sample_rate: '8000', punctuate: 'true' });
    const flags = { isFinal: true, speechFinal: true, fromFinalize: false };
    const results: Deepgram.listen.ListenV1Results = resultsMessage(
      { requestId: 'r', words, startMs: 0, endMs: 1000, flags },
      query,
    );
    const metadata: Deepgram.listen.ListenV1Metadata = metadataMessage({
      requestId: 'r',
      createdAt: new Date(0),
      audioMs: 1500,
    });
    const started: Deepgram.listen.ListenV1SpeechStarted = speechStarted(120);
    const ended: Deepgram.listen.ListenV1UtteranceEnd = utteranceEnd(433);
    expect(results.channel.alternatives[0]).toMatchObject({
      transcript: 'Hello,',
      words: [{ word: 'hello', punctuated_word: 'Hello,', start: 0.1, end: 0.433 }],
    });
    expect([metadata.duration, started.timestamp, ended.last_word_end]).toEqual([1.5, 0.12, 0.433]);
  });

  it('v2', () => {
    const query = v2Query.parse({
      model: 'flux-general-multi',
      encoding: 'linear16',
      sample_rate: 16_000,
    });
    const turn: Deepgram.listen.ListenV2TurnInfo = turnInfo({
      ...address,
      event: 'EndOfTurn',
      turnIndex: 1,
      words,
      fromMs: 0,
      toMs: 900,
      confidence: 0.9,
      trigger: 'model',
      languages: { heard: ['en'], hinted: [] },
    });
    const others: readonly [
      Deepgram.listen.ListenV2Connected,
      Deepgram.listen.ListenV2ConfigureSuccess,
      Deepgram.listen.ListenV2ConfigureFailure,
      Deepgram.listen.ListenV2FatalError,
    ] = [
      connected(address),
      configureSuccess(address, query),
      configureFailure(address),
      fatalError(address, 'CODE', 'why'),
    ];
    expect(turn).toMatchObject({ transcript: 'Hello,', languages: ['en'], sequence_id: 3 });
    expect(others.map(({ type }) => type)).toEqual([
      'Connected',
      'ConfigureSuccess',
      'ConfigureFailure',
      'Error',
    ]);
  });
});

describe('queries', () => {
  const parameters = { model: 'flux-general-en', encoding: 'mulaw', sample_rate: '8000' };

  it.each([
    { model: 'nova-3' },
    { encoding: 'opus' },
    { sample_rate: '11025' },
    { eot_threshold: '0.4' },
    { eager_eot_threshold: '0.95' },
    { eot_timeout_ms: '499' },
  ])('v2 refuses %j', (wrong) => {
    expect(v2Query.safeParse(parameters).success).toBe(true);
    expect(v2Query.safeParse({ ...parameters, ...wrong }).success).toBe(false);
  });

  it.each([{ channels: '2' }, { utterance_end_ms: '999' }, { endpointing: 'soon' }])(
    'v1 refuses %j',
    (wrong) => {
      expect(v1Query.safeParse(parameters).success).toBe(true);
      expect(v1Query.safeParse({ ...parameters, ...wrong }).success).toBe(false);
    },
  );
});
