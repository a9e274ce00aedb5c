import { benchApi } from './api/bench-api.js';
import { benchFaults } from './faults/bench-faults.js';
import { benchLog } from './log/bench-log.js';
import { benchVad } from './vad/bench-vad.js';
import { benchVoice } from './voice/bench-voice.js';
import { benchWebhooks } from './webhooks/bench-webhooks.js';

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  log: benchLog,
  api: benchApi,
  voice: benchVoice,
  vad: benchVad,
  webhooks: benchWebhooks,
  faults: benchFaults,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench) {
  await bench(args);
} else {
  console.error(`usage: npm run bench -- ${Object.keys(benches).join('|')} [--quick]`);
  process.exitCode = 2;
}
