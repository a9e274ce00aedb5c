import 'reflect-metadata';
import {
  edgeServerOptions,
  HealthRegistry,
  Lifecycle,
  loadConfigOrExit,
  Metrics,
  NatsConnections,
  Requests,
  runProjectors,
  runService,
} from '@trunkline/platform';
import { AppModule, Gateway, liveParts, webhookParts } from './app.module.js';
import { gatewaySettings } from './config.js';
import { projections } from './projections.js';
import { bindEdge, splitList } from './transport/http/bind-edge.js';
import { bindWebhooks } from './transport/webhooks/bind-webhooks.js';

const settings = loadConfigOrExit(gatewaySettings);
await runService({
  name: 'gateway',
  settings,
  module: AppModule.of(settings),
  fastify: edgeServerOptions({ trustedProxies: splitList(settings.TRUSTED_PROXIES) }),
  configure: async (app, fastify) => {
    const gateway = app.get(Gateway);
    const { log, connections } = gateway;
    const lifecycle = app.get(Lifecycle);
    const metrics = app.get(Metrics);
    const health = app.get(HealthRegistry);
    await runProjectors({ projections, ...connections, ...log, lifecycle, metrics, health });
    await bindWebhooks(fastify, webhookParts(settings, connections, app.get(Requests)));
    const requests = app.get(Requests);
    const parts = { nats: app.get(NatsConnections), requests, metrics, lifecycle };
    const live = liveParts(settings, gateway, parts);
    await bindEdge(fastify, { settings, gateway, requests, live });
  },
});
