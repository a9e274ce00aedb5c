import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeSettings } from './describe-settings.js';
import { ConfigError, loadConfig } from './load-config.js';
import { platformSettingNames, serviceSettings } from './platform-settings.js';
import { Secret } from './secret.js';
import {
  choiceSetting,
  integerSetting,
  secretSetting,
  secretUrlSetting,
  textSetting,
  urlSetting,
} from './setting.js';

const schema = z.strictObject({
  RETRIES: integerSetting({ meaning: 'How often.', min: 0, max: 9, default: 3 }),
  GREETING: textSetting({ meaning: 'What to say.', default: 'hello' }),
  MODE: choiceSetting(['fast', 'safe'], { meaning: 'How.', default: 'safe' }),
  VERBOSE_OUTPUT: choiceSetting(['true', 'false'], { meaning: 'More.', default: 'false' }),
  PEER_URL: urlSetting({ meaning: 'Where.', protocols: ['http', 'https'] }),
  API_SECRET: secretSetting({ meaning: 'Shh.' }),
  STORE_URI: secretUrlSetting({ meaning: 'The store.', protocols: ['mongodb'] }),
});
const least = { PEER_URL: 'http://peer:1', API_SECRET: 'hunter2', STORE_URI: 'mongodb://u:p@h' };

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('takes defaults for what is absent and freezes the result', () => {
    const config = loadConfig(schema, { ...least, PATH: '/bin', HOME: '/root' });
    expect(config).toMatchObject({
      RETRIES: 3,
      GREETING: 'hello',
      MODE: 'safe',
      VERBOSE_OUTPUT: 'false',
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('knows that 0 and "" are values', () => {
    const config = loadConfig(schema, { ...least, RETRIES: '0', GREETING: '' });
    expect(config).toMatchObject({ RETRIES: 0, GREETING: '' });
  });

  it('lists every problem at once, by name and without the value', () => {
    const problems = problemsOf({
      RETRIES: '10',
      MODE: 'sloppy',
      VERBOSE_OUTPUT: 'yes',
      PEER_URL: 'ftp://hunter2',
      STORE_URI: 'hunter2',
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'RETRIES',
      'MODE',
      'VERBOSE_OUTPUT',
      'PEER_URL',
      'API_SECRET',
      'STORE_URI',
    ]);
    expect(problems.join()).not.toContain('hunter2');
    expect(problems).toContain('API_SECRET: is missing');
  });

  it.each(['', ' ', '1.5', '1e1', '-1', '0x1', 'NaN', '99999999999999999999'])(
    'takes %j for no number from 0 to 9',
    (text) => {
      expect(problemsOf({ ...least, RETRIES: text })).toEqual(['RETRIES: must be an integer 0…9']);
    },
  );

  it.each([
    ['RETRYES', 'is unknown; did you mean RETRIES?'],
    ['PEER_ULR', 'is unknown; did you mean PEER_URL?'],
    ['VERBOSE_OUTPUTS', 'is unknown; did you mean VERBOSE_OUTPUT?'],
    ['TRUNKLINE_RETRIES', 'is not a setting'],
  ])('takes %s for a typo', (name, reason) => {
    expect(problemsOf({ ...least, [name]: 'hunter2' })).toEqual([`${name}: ${reason}`]);
  });

  it('lets the settings of other services and of the system pass', () => {
    const others = Object.fromEntries(platformSettingNames().map((name) => [name, 'x']));
    expect(
      problemsOf({ ...others, ...least, LOGNAME: 'x', REDIS_PORT: 'x', npm_config_x: 'y' }),
    ).toEqual([]);
  });

  it('never prints a secret', () => {
    const { API_SECRET, STORE_URI } = loadConfig(schema, least);
    const printed = [
      `${String(API_SECRET)}`,
      JSON.stringify({ API_SECRET }),
      inspect({ STORE_URI }),
    ];
    expect(printed.join()).not.toMatch(/hunter2|u:p/);
    expect(API_SECRET).toBeInstanceOf(Secret);
    expect(API_SECRET.reveal()).toBe('hunter2');
  });
});

describe('describeSettings', () => {
  it('gives a row per setting for docs/config.md', () => {
    const rows = describeSettings(schema);
    expect(rows[0]).toEqual({
      name: 'RETRIES',
      type: 'integer 0…9',
      default: '3',
      isRequired: false,
      meaning: 'How often.',
    });
    expect(rows.find((row) => row.name === 'API_SECRET')).toMatchObject({
      type: 'secret',
      default: undefined,
      isRequired: true,
    });
  });

  it('finds a meaning for every setting of the platform', () => {
    const rows = describeSettings(z.strictObject(serviceSettings));
    expect(rows.filter((row) => row.meaning === '' || row.type === '')).toEqual([]);
  });

  it('copes with schemas that were written without its help', () => {
    const own = z.strictObject({ LEVEL: z.enum(['a', 'b']).default('a').describe('Which.') });
    expect(describeSettings(own)[0]).toMatchObject({ default: 'a', meaning: 'Which.' });
  });
});
