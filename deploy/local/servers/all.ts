import { mongoServer } from './mongo.ts';
import { natsServer } from './nats.ts';
import { redisServer } from './redis.ts';
import { s3Server } from './s3.ts';
import type { Server } from './server.ts';

/** In the order of the board. */
export const servers: readonly Server[] = [natsServer, mongoServer, redisServer, s3Server];
