import { FakeVoiceActivity } from '../fakes/fake-voice-activity.js';
import { voiceActivityContract } from './voice-activity.contract.js';

voiceActivityContract('the fake', () => ({
  voices: new FakeVoiceActivity(),
  stop: () => undefined,
}));
