import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { RouteDefinition } from '@trunkline/contracts';
import { apiDocument, edgeRoutes } from './bind-edge.js';

const routes = Object.entries<RouteDefinition>(edgeRoutes);

describe('the route table of the edge', () => {
  it('makes nothing twice: whatever answers 201 takes an Idempotency-Key', () => {
    const creating = routes.filter(([, { method, status }]) => method === 'POST' && status === 201);
    expect(creating.length).toBeGreaterThan(5);
    const careless = creating.filter(([, route]) => !route.idempotent).map(([name]) => name);
    expect(careless).toEqual([]);
  });

  it('describes the live view as a stream that can be gone on with', () => {
    const operation = apiDocument().paths['/v1/live']?.['get'];
    expect(operation).toMatchObject({
      parameters: [{ name: 'callId' }, { name: 'Last-Event-ID', in: 'header', required: false }],
      responses: { '200': { content: { 'text/event-stream': { schema: expect.anything() } } } },
    });
    const streams = routes.filter(([, { isStream }]) => isStream);
    expect(streams.map(([name, { method }]) => [name, method])).toEqual([['followLive', 'GET']]);
  });

  it('says of the open routes that create why they take no Idempotency-Key', () => {
    for (const name of ['signUp', 'acceptInvitation'] as const) {
      expect(edgeRoutes[name].summary).toMatch(/repeat/);
    }
  });
});
