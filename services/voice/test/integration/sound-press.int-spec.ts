import { describe, expect, it } from '@jest/globals';
import { S3ObjectStore, type S3Settings } from '@trunkline/platform';
import { ThreadedPress } from '../../src/adapters/press/threaded-press.js';
import { PlainPress } from '../../src/app/recording/plain-press.js';
import { aSound, soundPressContract } from '../contracts/sound-press.contract.js';
import { quietLogger } from '../support/door-things.js';

/** A thread runs what was built. */
const program = new URL('../../dist/adapters/press/press-worker.js', import.meta.url);
const never = new AbortController().signal;

function storeSettings(): S3Settings {
  const { S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY } = process.env;
  if (!S3_ENDPOINT || !S3_ACCESS_KEY || !S3_SECRET_KEY) throw new Error('needs a real S3 server');
  const keys = { accessKey: S3_ACCESS_KEY, secretKey: S3_SECRET_KEY };
  return { endpoint: S3_ENDPOINT, region: 'us-east-1', ...keys };
}

const openThreaded = (program: URL): ThreadedPress =>
  new ThreadedPress({ store: storeSettings(), logger: quietLogger().logger, program });

soundPressContract('plain', () => {
  const objects = new S3ObjectStore(storeSettings());
  return { press: new PlainPress(objects), objects, close: () => Promise.resolve() };
});

soundPressContract('in a thread', () => {
  const press = openThreaded(program);
  return { press, objects: new S3ObjectStore(storeSettings()), close: () => press.close() };
});

describe('a thread that dies', () => {
  it('fails what it had for now, so that the vault tries again', async () => {
    const press = openThreaded(new URL('data:text/javascript,process.exit(3)'));
    await expect(press.press(aSound(10), never)).rejects.toMatchObject({
      ...{ code: 'store.unavailable', retryable: true },
    });
    await press.close();
  });

  it('leaves a press that is closed refusing', async () => {
    const press = openThreaded(program);
    await press.press(aSound(10), never);
    await press.close();
    await expect(press.press(aSound(10), never)).rejects.toMatchObject({
      code: 'store.unavailable',
    });
  });
});
