import {
  allowedHostsOf,
  S3ObjectStore,
  type Lifecycle,
  type Logger,
  type ObjectStore,
  type Requests,
} from '@trunkline/platform';
import { StoredKnowledge } from './adapters/knowledge/stored-knowledge.js';
import { OpenAiEmbeddings } from './adapters/openai/openai-embeddings.js';
import { SignedWebhooks } from './adapters/tools/signed-webhooks.js';
import { accessOf, type Vendors } from './app/call/casting.js';
import type { OpenedCall } from './app/door/ports.js';
import { KnowledgeLibrary } from './app/knowledge/knowledge-library.js';
import type { ProviderAccess, ToolRunner } from './app/ports/index.js';
import { ToolBelt } from './app/tools/tool-belt.js';
import type { VoiceSettings } from './config.js';

interface ToolParts {
  readonly settings: VoiceSettings;
  readonly requests: Requests;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  readonly vendors: Vendors;
}

const EMBEDS = 'openai';

/** What the calls of this pod share of their tools: connections, and documents once read. */
export function openTools(parts: ToolParts): (call: OpenedCall) => ToolRunner {
  const { requests, lifecycle, logger, vendors } = parts;
  const webhooks = new SignedWebhooks({ allowedHosts: allowedHostsOf(parts.settings) });
  const embeddings = new OpenAiEmbeddings();
  lifecycle.add('close', 'tools', async () => {
    await Promise.all([webhooks.close(), embeddings.close()]);
  });
  const library = new KnowledgeLibrary({
    store: new StoredKnowledge(requests, openObjects(parts.settings)),
    embeddings,
    log: (event, fields) => logger.warn(event, fields),
  });
  return (call) => {
    const { tenant, runtime, plan } = call;
    const { agent, knowledgeRevision: revision } = runtime;
    const looksUp = runtime.tools.some(
      ({ definition }) =>
        definition.kind === 'internal' && definition.action === 'look-up-knowledge',
    );
    const embedding = embeddingAccess(vendors, call);
    return new ToolBelt({
      tools: runtime.tools,
      transfers: runtime.config.transfers,
      call: { id: plan.callId, agent },
      webhooks,
      signingSecret: runtime.toolSigningSecret ?? null,
      knowledge: looksUp ? library.open({ tenant, agent, revision, embedding }) : null,
    });
  };
}

/** The tenant's key, else the house's; without one words have to do. */
function embeddingAccess(vendors: Vendors, call: OpenedCall): ProviderAccess | null {
  if (vendors.house(EMBEDS) === null) return null;
  const { tenant, runtime, plan } = call;
  const access = accessOf(vendors, { callId: plan.callId, tenant, runtime }, EMBEDS);
  return access.apiKey === '' ? null : access;
}

function openObjects(settings: VoiceSettings): ObjectStore {
  return new S3ObjectStore({
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY.reveal(),
    secretKey: settings.S3_SECRET_KEY.reveal(),
  });
}
