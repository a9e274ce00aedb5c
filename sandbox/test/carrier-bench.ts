import { carrierStandIns } from '../src/carriers/carrier-stand-ins.js';
import { Voice } from '../src/phone/voice.js';
import { startSandbox, type Sandbox } from '../src/start-sandbox.js';
import { FakePlatform, until } from './fake-platform.js';

/** Silence between words is left out, so that the tests are quick. */
const blip = (text: string): Int16Array =>
  Int16Array.from({ length: 160 * Math.max(1, text.length) }, (_, at) =>
    Math.round(6_000 * Math.sin((2 * Math.PI * 300 * at) / 8_000)),
  );

/** One frame of it, as the agent would send it. */
export const audibleFrame = Buffer.from(
  Array.from({ length: 160 }, (_, at) => (at % 20 < 10 ? 0x10 : 0x90)),
);

export interface CarrierBench {
  readonly sandbox: Sandbox;
  readonly platform: FakePlatform;
  control(path: string, body?: object): Promise<Record<string, unknown>>;
  call(id: string): Promise<CallView>;
  stop(): Promise<void>;
}

export interface CallView {
  readonly state: string;
  readonly outcome: string | null;
  readonly endedBy: string | null;
  readonly heardDigits: string;
  readonly notes: readonly { readonly what: string }[];
  readonly deliveries: readonly {
    readonly what: string;
    readonly status: number;
    readonly signature: string;
  }[];
  readonly report: {
    readonly turns: readonly { readonly said: string; readonly voiceToVoiceMs?: number }[];
    readonly clears: readonly { readonly speechToClearMs: number }[];
    readonly gaps: readonly unknown[];
    readonly news: readonly { readonly type: string; readonly text?: string }[];
  };
}

export async function startBench(): Promise<CarrierBench> {
  const voice = new Voice({
    speak: (text) => ({ samples: blip(text) }),
    prepare: () => Promise.resolve(),
  });
  const factories = carrierStandIns(() => ({ voice }));
  const sandbox = await startSandbox({ host: '127.0.0.1', port: 0 }, factories);
  const platform = await new FakePlatform().start();
  const control = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${sandbox.url}/__control${path}`, {
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };
  return {
    sandbox,
    platform,
    control,
    call: async (id) => {
      const path = `/carriers/calls/${encodeURIComponent(id)}?waitMs=15000`;
      return (await control(path)) as unknown as CallView;
    },
    stop: async () => {
      await sandbox.close();
      await platform.stop();
    },
  };
}

export { until };
