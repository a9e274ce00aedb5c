import { describe, expect, it } from '@jest/globals';
import { Failure } from './failure.ts';
import { defaultPorts, forServices, parseEnvFile, portsFrom } from './settings.ts';

describe('settings', () => {
  it('reads the lines of an .env file', () => {
    const text = ['# a comment', 'A=1', 'export B = two words # why', "C='x # y'", 'D=', 'bad'];
    expect(parseEnvFile(text.join('\r\n'))).toEqual({ A: '1', B: 'two words', C: 'x # y', D: '' });
  });

  it('keeps what is not set at its default', () => {
    expect(portsFrom({ NATS_PORT: '5222', REDIS_PORT: '' })).toEqual({
      ...defaultPorts,
      NATS_PORT: 5222,
    });
  });

  it.each(['0', '65536', '80.5', 'many'])('refuses the port %s', (text) => {
    expect(() => portsFrom({ MONGO_PORT: text })).toThrow(Failure);
  });

  it('keeps its own settings from the services', () => {
    expect(forServices({ NATS_PORT: '5222', LOCAL_DATA_DIR: '/x', OPENAI_API_KEY: 'k' })).toEqual({
      OPENAI_API_KEY: 'k',
    });
  });
});
