import 'reflect-metadata';
import { loadConfigOrExit, runService } from '@trunkline/platform';
import { AppModule } from './app.module.js';
import { voiceSettings } from './config.js';

const settings = loadConfigOrExit(voiceSettings);
await runService({ name: 'voice', settings, module: AppModule });
