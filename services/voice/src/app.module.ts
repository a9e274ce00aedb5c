import { Module, type DynamicModule } from '@nestjs/common';
import type { AiProvider } from '@trunkline/contracts';
import { isAppError, systemClock } from '@trunkline/kernel';
import {
  connectMongo,
  HealthRegistry,
  JetStreamEventStore,
  Lifecycle,
  Logger,
  Metrics,
  newId,
  NatsConnections,
  openColdStore,
  RequestHandlers,
  Requests,
  S3ObjectStore,
  type ColdHalf,
  type EventStore,
  type ObjectStore,
  type S3Settings,
} from '@trunkline/platform';
import { CartesiaTextToSpeech } from './adapters/cartesia/cartesia-text-to-speech.js';
import { DeepgramSpeechToText } from './adapters/deepgram/deepgram-speech-to-text.js';
import { GeminiLive } from './adapters/gemini-live/gemini-live.js';
import { NatsAgentSource, NatsCarrierAccounts } from './adapters/nats/nats-agents.js';
import { NatsDialMemory } from './adapters/nats/nats-dial-memory.js';
import { NatsLeg } from './adapters/nats/nats-leg.js';
import { NatsLiveNews } from './adapters/nats/nats-live-news.js';
import { OpenAiRealtime } from './adapters/openai-realtime/openai-realtime.js';
import { Connections } from './adapters/openai/connections.js';
import { OpenAiLanguageModel } from './adapters/openai/openai-language-model.js';
import { SileroVoiceActivity } from './adapters/silero/silero-voice-activity.js';
import type { Vendors } from './app/call/casting.js';
import { LiveCalls } from './app/call/live-calls.js';
import { OpenLegs } from './app/call/open-legs.js';
import { CircuitBreakers } from './app/failover/circuit-breaker.js';
import type { VoiceSettings } from './config.js';
import { openFacts } from './open-facts.js';
import { openRecorder } from './open-recorder.js';
import { openSweeper } from './open-sweeper.js';
import { openTools } from './open-tools.js';
import { eraseHandlers } from './transport/erase-handlers.js';
import { Door, openDoor } from './transport/open-door.js';
import { usualModeOf } from './usual-mode.js';

const LOG_POOL_SIZE = 2;

/** What the platform hands to every service. */
interface ServiceParts {
  readonly nats: NatsConnections;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  readonly lifecycle: Lifecycle;
  readonly requests: Requests;
}

/** The object graph of the service, with everything running that it needs. */
export async function openVoice(given: VoiceSettings, parts: ServiceParts): Promise<Door> {
  const pod = given.VOICE_POD === '' ? newId() : given.VOICE_POD;
  const settings = { ...given, VOICE_POD: pod };
  const { nats, logger, lifecycle, requests } = parts;
  const s3 = s3Of(settings);
  const objects = new S3ObjectStore(s3);
  const { store, cold } = await openStore({ settings, objects, ...parts });
  const news = new NatsLiveNews(nats.connection, logger);
  const vendors = openVendors(settings, lifecycle);
  const { facts, replayed } = openFacts({ ...parts, settings, store, pod });
  const { recorder, vault } = openRecorder({ ...parts, settings, objects, s3, pod });
  const openLegs = new OpenLegs(logger);
  lifecycle.add('close', 'open-legs', (signal) => openLegs.close(signal));
  const runner = new LiveCalls({
    ...{ vendors, facts, recorder, openLegs },
    voices: openVoices(parts),
    toolsOf: openTools({ settings, requests, lifecycle, logger, vendors }),
    legOf: (call) => new NatsLeg(requests, call),
    live: (tenant, told) => news.tell(tenant, told),
    logger,
  });
  const unfollow = news.followMachines((callId, verdict) => runner.machine(callId, verdict));
  lifecycle.add('finish', 'machine-news', unfollow);
  await openSweeper({
    ...{ ...parts, settings, pod, facts, replayed },
    ...{ store, cold, objects, vault },
  });
  return openDoor({
    ...{ ...parts, settings, store, runner },
    mayTake: () => facts.hasRoom,
    handlers: eraseHandlers({
      ...{ store, objects, clock: systemClock },
      dials: new NatsDialMemory(requests),
    }),
    agents: new NatsAgentSource(requests),
    accounts: new NatsCarrierAccounts(requests),
    usualMode: usualModeOf(settings),
  });
}

function s3Of(settings: VoiceSettings): S3Settings {
  return {
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY.reveal(),
    secretKey: settings.S3_SECRET_KEY.reveal(),
  };
}

async function openStore(
  parts: ServiceParts & { readonly settings: VoiceSettings; readonly objects: ObjectStore },
): Promise<{ readonly store: EventStore; readonly cold: ColdHalf }> {
  const { objects, settings } = parts;
  const mongo = await connectMongo({
    uri: settings.MONGODB_URI.reveal(),
    database: settings.MONGODB_LOG_DATABASE,
    maxPoolSize: LOG_POOL_SIZE,
    appName: 'voice log',
  });
  parts.lifecycle.add('close', 'log-mongo', () => mongo.close());
  const cold = openColdStore(mongo, objects);
  return { cold, store: new JetStreamEventStore(parts.nats.connection, { cold }) };
}

type HouseAccess = Exclude<ReturnType<Vendors['house']>, null>;

/** Everybody who is installed; the next vendor is a line of `house` and one of its port. */
function openVendors(settings: VoiceSettings, lifecycle: Lifecycle): Vendors {
  const connections = new Connections();
  const cartesia = new CartesiaTextToSpeech();
  lifecycle.add('close', 'vendors', async () => {
    cartesia.close();
    await connections.close();
  });
  const house: Readonly<Record<AiProvider | 'gemini', HouseAccess>> = {
    deepgram: { baseUrl: settings.DEEPGRAM_BASE_URL, apiKey: settings.DEEPGRAM_API_KEY.reveal() },
    openai: { baseUrl: settings.OPENAI_BASE_URL, apiKey: settings.OPENAI_API_KEY.reveal() },
    cartesia: { baseUrl: settings.CARTESIA_BASE_URL, apiKey: settings.CARTESIA_API_KEY.reveal() },
    gemini: { baseUrl: settings.GEMINI_BASE_URL, apiKey: settings.GEMINI_API_KEY.reveal() },
  };
  return {
    speechToText: [new DeepgramSpeechToText()],
    languageModels: [new OpenAiLanguageModel(connections)],
    textToSpeech: [cartesia],
    speechToSpeech: [new OpenAiRealtime(), new GeminiLive()],
    breakers: new CircuitBreakers(),
    house: (provider) =>
      Object.hasOwn(house, provider) ? house[provider as keyof typeof house] : null,
  };
}

/** Loaded with the first call that needs it. */
function openVoices({ lifecycle, logger }: ServiceParts): SileroVoiceActivity {
  const voices = new SileroVoiceActivity({
    onGateAlone: (error) => {
      const reason = isAppError(error) ? error.details?.['reason'] : undefined;
      logger.error('voice-activity.gate-alone', { reason, error });
    },
  });
  lifecycle.add('close', 'voice-activity', async () => voices.close());
  return voices;
}

type Injected = [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle, Requests];

/** The only file where a port meets an adapter. */
@Module({})
export class AppModule {
  static of(settings: VoiceSettings): DynamicModule {
    return {
      module: AppModule,
      providers: [
        {
          provide: Door,
          inject: [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle, Requests],
          useFactory: (...injected: Injected) => {
            const [nats, logger, metrics, health, lifecycle, requests] = injected;
            return openVoice(settings, { nats, logger, metrics, health, lifecycle, requests });
          },
        },
        {
          provide: RequestHandlers,
          inject: [Door],
          useFactory: (door: Door) => new RequestHandlers(door.handlers),
        },
      ],
    };
  }
}
