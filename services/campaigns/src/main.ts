import 'reflect-metadata';
import { loadConfigOrExit, runService } from '@trunkline/platform';
import { AppModule } from './app.module.js';
import { campaignsSettings } from './config.js';

const settings = loadConfigOrExit(campaignsSettings);
await runService({ name: 'campaigns', settings, module: AppModule.of(settings) });
