import 'reflect-metadata';
import { loadConfigOrExit, runService } from '@trunkline/platform';
import { AppModule } from './app.module.js';
import { agentsSettings } from './config.js';

const settings = loadConfigOrExit(agentsSettings);
await runService({ name: 'agents', settings, module: AppModule.of(settings) });
