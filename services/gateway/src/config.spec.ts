import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, type Environment } from '@trunkline/platform';
import { adminSettings, gatewaySettings } from './config.js';

const complete: Environment = {
  ...{ SERVICE_NAME: 'gateway', HTTP_PORT: '8080' },
  ...{ NATS_URL: 'nats://nats:4222', NATS_USER: 'gateway', NATS_PASSWORD: 'x' },
  ...{ MONGODB_URI: 'mongodb://mongo:27017/?replicaSet=rs0', REDIS_URL: 'redis://redis:6379' },
  ...{ S3_ENDPOINT: 'http://s3:9000', S3_ACCESS_KEY: 'x', S3_SECRET_KEY: 'y' },
  ...{ TOKEN_KEYS_FILE: '/k/t', PRINCIPAL_JWKS_FILE: '/k/p', KEK_FILE: '/k/kek' },
  PUBLIC_BASE_URL: 'https://trunkline.example.com',
};

function problemsOf(env: Environment): string[] {
  try {
    loadConfig(gatewaySettings, env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ name }) => name);
  }
}

describe('the settings of the gateway', () => {
  it('work on a laptop without a mail server', () => {
    expect(problemsOf(complete)).toEqual([]);
  });

  it.each([{}, { SMTP_URL: '' }])(
    'refuse production without a mail server: its mails would be files in a pod (%j)',
    (mail) => {
      expect(problemsOf({ ...complete, NODE_ENV: 'production', ...mail })).toEqual(['SMTP_URL']);
    },
  );

  it('work in production with one', () => {
    const smtp = { NODE_ENV: 'production', SMTP_URL: 'smtps://user:pass@mail.example.com' };
    expect(problemsOf({ ...complete, ...smtp })).toEqual([]);
  });

  it('name the missing mail server together with what else is wrong', () => {
    const wrong = { ...complete, NODE_ENV: 'production', SIGNUP: 'maybe' };
    expect(problemsOf(wrong).toSorted()).toEqual(['SIGNUP', 'SMTP_URL']);
  });

  it('ask the admin program for no mail server', () => {
    expect(loadConfig(adminSettings, { ...complete, NODE_ENV: 'production' })).toMatchObject({
      NODE_ENV: 'production',
    });
  });
});
