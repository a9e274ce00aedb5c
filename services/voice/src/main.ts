import 'reflect-metadata';
import { loadConfigOrExit, runService } from '@trunkline/platform';
import { AppModule } from './app.module.js';
import { voiceSettings } from './config.js';
import { Door } from './transport/open-door.js';

const settings = loadConfigOrExit(voiceSettings);
await runService({
  name: 'voice',
  settings,
  module: AppModule.of(settings),
  configure: async (app, fastify) => app.get(Door).bind(fastify.server),
});
