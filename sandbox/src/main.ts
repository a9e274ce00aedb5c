import { readSettings } from './settings.js';
import { startSandbox } from './start-sandbox.js';

try {
  const sandbox = await startSandbox(readSettings(process.env));
  console.log(`sandbox listens on ${sandbox.url}`);
  const stop = (): void => {
    void sandbox.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  console.error(`sandbox did not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof RangeError ? 78 : 1);
}
