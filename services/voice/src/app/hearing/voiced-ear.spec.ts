import { describe, expect, it } from '@jest/globals';
import { Channel } from '@trunkline/kernel';
import { FakeVoiceActivity } from '../../../test/fakes/fake-voice-activity.js';
import { framesOf, joined, silencePcm, tonePcm } from '../../../test/support/line-sounds.js';
import { phoneFormat, type EarNews } from '../ports/index.js';
import { VoicedEar } from './voiced-ear.js';

function given() {
  const told = new Channel<EarNews>({ capacity: 100, whenFull: 'refuse' });
  const voices = new FakeVoiceActivity();
  let sent = 0;
  let finalized = 0;
  const ear = new VoicedEar({
    ear: {
      send: () => (sent += 1),
      finalize: () => (finalized += 1),
      news: told,
      close: () => told.close(),
    },
    voices,
    format: phoneFormat,
    rules: { minSilenceMs: 200 },
  });
  return { ear, told, voices, counts: () => ({ sent, finalized }) };
}

async function typesOf(ear: VoicedEar): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of ear.news) types.push(type);
  return types;
}

describe('an ear that listens for voices', () => {
  it('tells when a voice begins and ends, and gives every frame to the vendor', async () => {
    const { ear, counts } = given();
    const pcm = joined(silencePcm(100), tonePcm(300), silencePcm(400));
    for (const frame of framesOf(pcm, phoneFormat)) ear.send(frame);
    ear.finalize();
    ear.close();
    expect(await typesOf(ear)).toEqual(['speech-started', 'speech-stopped']);
    expect(counts()).toEqual({ sent: 40, finalized: 1 });
  });

  it('passes on the words of the vendor, but not what it takes for a voice', async () => {
    const { ear, told } = given();
    told.offer({ type: 'speech-started' });
    told.offer({ type: 'partial', text: 'Hello' });
    told.close();
    expect(await typesOf(ear)).toEqual(['partial']);
  });

  it('breaks when the vendor breaks', async () => {
    const { ear, told } = given();
    told.fail(new Error('gone'));
    await expect(typesOf(ear)).rejects.toThrow('gone');
  });

  it('leaves nothing behind', () => {
    const { ear, voices } = given();
    ear.close();
    expect(voices.openTracks).toBe(0);
  });
});
