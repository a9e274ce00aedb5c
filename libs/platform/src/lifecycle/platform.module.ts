import { Module, type DynamicModule } from '@nestjs/common';
import { HealthRegistry } from '../health/health-registry.js';
import { NatsConnections } from '../nats/nats-connections.js';
import { Requests } from '../rpc/requests.js';
import { Logger } from '../telemetry/logger.js';
import { Metrics } from '../telemetry/metrics.js';
import { Lifecycle } from './lifecycle.js';

export interface PlatformParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  readonly lifecycle: Lifecycle;
  readonly nats: NatsConnections;
  /** Only where there is a key to sign with. */
  readonly requests?: Requests | undefined;
}

/** What every module of a service may inject. */
@Module({})
export class PlatformModule {
  static of(parts: PlatformParts): DynamicModule {
    const providers = [
      { provide: Logger, useValue: parts.logger },
      { provide: Metrics, useValue: parts.metrics },
      { provide: HealthRegistry, useValue: parts.health },
      { provide: Lifecycle, useValue: parts.lifecycle },
      { provide: NatsConnections, useValue: parts.nats },
      ...(parts.requests ? [{ provide: Requests, useValue: parts.requests }] : []),
    ];
    return { module: PlatformModule, global: true, providers, exports: providers };
  }
}
