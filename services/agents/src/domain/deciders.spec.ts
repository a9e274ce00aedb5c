import { describe, it } from '@jest/globals';
import {
  maxToolVersions,
  type CredentialFact,
  type RouteFact,
  type WhenNoRoom,
  type ToolDefinition,
  type ToolFact,
} from '@trunkline/contracts';
import { specFor } from '@trunkline/testing';
import { carrierAccountDecider } from './carrier-account.js';
import { credentialDecider } from './credential.js';
import { datakeyDecider } from './datakey.js';
import { routeDecider } from './route.js';
import { toolDecider } from './tool.js';

describe('a tool', () => {
  const given = specFor(toolDecider);
  const definition: ToolDefinition = {
    kind: 'internal',
    action: 'hang-up',
    name: 'hang_up',
    description: 'Ends the call.',
    parameters: { type: 'object' },
    timeoutMs: 2000,
  };
  const other = { ...definition, name: 'bye' };
  const created: ToolFact = { type: 'tool.created', data: { definition } };
  const archived: ToolFact = { type: 'tool.archived', data: {} };
  const added = (version: number): ToolFact => ({
    type: 'tool.version-added',
    data: { version, definition: other },
  });

  it('gets a version only for another definition', () => {
    given([created]).when({ do: 'add-version', definition: other }).then(added(2));
    given([created]).when({ do: 'add-version', definition }).then(undefined);
  });
  it('has a bounded number of versions', () => {
    given([created, added(maxToolVersions)])
      .when({ do: 'add-version', definition })
      .thenRefused('tool.too-many-versions');
  });
  it('is archived once and then does not change', () => {
    given([created]).when({ do: 'archive' }).then(archived);
    given([created, archived]).when({ do: 'archive' }).then(undefined);
    given([created, archived])
      .when({ do: 'add-version', definition: other })
      .thenRefused('tool.archived');
    given([]).when({ do: 'archive' }).thenRefused('request.not-found');
  });
});

describe('a credential', () => {
  const given = specFor(credentialDecider);
  const secret = { sealed: { apiKey: 'v1.k.c' }, lastFour: 'x9Zq' };
  const saved: CredentialFact = {
    type: 'credential.saved',
    data: { provider: 'openai', label: 'Main', ...secret },
  };
  const removed: CredentialFact = { type: 'credential.removed', data: {} };
  const result = { outcome: 'accepted', httpStatus: 200, durationMs: 1, generation: 1 } as const;

  it('counts its generations', () => {
    const rotated: CredentialFact = {
      type: 'credential.rotated',
      data: { ...secret, generation: 2 },
    };
    given([saved]).when({ do: 'rotate', secret }).then(rotated);
    given([saved, rotated])
      .when({ do: 'rotate', secret })
      .then({ type: 'credential.rotated', data: { ...secret, generation: 3 } });
  });
  it('records a test', () => {
    given([saved])
      .when({ do: 'record-test', result })
      .then({ type: 'credential.tested', data: result });
  });
  it('is removed once and then is not there for anybody', () => {
    given([saved]).when({ do: 'remove' }).then(removed);
    given([saved, removed]).when({ do: 'remove' }).then(undefined);
    given([saved, removed]).when({ do: 'rotate', secret }).thenRefused('request.not-found');
    given([saved, removed]).when({ do: 'record-test', result }).thenRefused('request.not-found');
    given([]).when({ do: 'remove' }).thenRefused('request.not-found');
  });
});

describe('a carrier account', () => {
  const given = specFor(carrierAccountDecider);
  const publicKey = `${'A'.repeat(43)}=`;
  const secret = { sealed: { apiKey: 'v1.k.c' }, lastFour: 'x9Zq' };
  const saved = {
    type: 'carrier-account.saved',
    data: { carrier: 'telnyx', label: 'Main', accountId: null, publicKey, ...secret },
  } as const;

  it('keeps its public key unless another one is given', () => {
    given([saved])
      .when({ do: 'rotate', secret })
      .then({ type: 'carrier-account.rotated', data: { publicKey, ...secret, generation: 2 } });
    const other = `${'B'.repeat(43)}=`;
    given([saved])
      .when({ do: 'rotate', secret: { ...secret, publicKey: other } })
      .then({
        type: 'carrier-account.rotated',
        data: { publicKey: other, ...secret, generation: 2 },
      });
  });
});

describe('a route', () => {
  const given = specFor(routeDecider);
  const to = {
    carrierAccount: 'ca-1',
    number: '+15551230001',
    direction: 'inbound',
    agent: 'a-1',
    version: null,
  } as const;
  const bound: RouteFact = { type: 'route.bound', data: to };
  const released: RouteFact = { type: 'route.released', data: {} };

  it('S12 is bound once', () => {
    given([]).when({ do: 'bind', to }).then(bound);
    given([bound]).when({ do: 'bind', to }).thenRefused('route.taken');
    given([bound, released]).when({ do: 'bind', to }).then(bound);
  });
  it('is rebound while it is bound', () => {
    const target = { agent: 'a-2', version: 3, whenNoRoom: null };
    const command = { do: 'rebind', ...target } as const;
    const rebound: RouteFact = { type: 'route.rebound', data: target };
    given([bound]).when(command).then(rebound);
    given([bound, rebound]).when(command).then(undefined);
    given([bound, released]).when(command).thenRefused('route.released');
    given([]).when(command).thenRefused('request.not-found');
  });
  it('is told what its callers get when there is no room, and is told so once', () => {
    const say = { do: 'say', text: 'Call us tomorrow.', language: 'en-GB' } as const;
    const forward = { do: 'forward', to: '+15551230002' } as const;
    const target = { agent: 'a-1', version: null };
    const told = (whenNoRoom: WhenNoRoom): RouteFact => ({
      type: 'route.rebound',
      data: { ...target, whenNoRoom },
    });
    const tell = (whenNoRoom: WhenNoRoom) => ({ do: 'rebind', ...target, whenNoRoom }) as const;
    given([bound]).when(tell(say)).then(told(say));
    given([bound, told(say)])
      .when(tell(say))
      .then(undefined);
    given([bound, told(say)])
      .when(tell({ ...say, language: 'en-US' }))
      .then(told({ ...say, language: 'en-US' }));
    given([bound, told(say)])
      .when(tell(forward))
      .then(told(forward));
    given([bound, told(forward)])
      .when(tell(forward))
      .then(undefined);
    given([bound, told(forward)])
      .when(tell(null))
      .then(told(null));
    given([bound]).when(tell(null)).then(undefined);
  });
  it('is released once', () => {
    given([bound]).when({ do: 'release' }).then(released);
    given([bound, released]).when({ do: 'release' }).then(undefined);
    given([]).when({ do: 'release' }).thenRefused('request.not-found');
  });
});

describe('a data key', () => {
  const given = specFor(datakeyDecider);
  const key = { kid: 'k1', masterKid: 'm1', wrapped: 'w1' };
  const created = { type: 'datakey.created', data: key } as const;
  const newer = { kid: 'k1', masterKid: 'm2', wrapped: 'w2' };

  it('is made once', () => {
    given([]).when({ do: 'create', key }).then(created);
    given([created]).when({ do: 'create', key: newer }).then(undefined);
  });
  it('is rewrapped, never replaced', () => {
    given([created])
      .when({ do: 'rewrap', key: newer })
      .then({ type: 'datakey.rewrapped', data: newer });
    given([created]).when({ do: 'rewrap', key }).then(undefined);
    given([created])
      .when({ do: 'rewrap', key: { ...newer, kid: 'k2' } })
      .thenRefused('state.conflict');
    given([]).when({ do: 'rewrap', key }).thenRefused('state.conflict');
  });
});
