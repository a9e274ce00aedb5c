import 'reflect-metadata';
import { loadConfigOrExit, runService } from '@trunkline/platform';
import { AppModule } from './app.module.js';
import { analyticsSettings } from './config.js';

const settings = loadConfigOrExit(analyticsSettings);
await runService({ name: 'analytics', settings, module: AppModule.of(settings) });
